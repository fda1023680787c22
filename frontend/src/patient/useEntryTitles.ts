/** What the patient's entries are called, by their keys; those that are not opened yet, or can't be, are not in it. */
import { useMemo } from "react";
import { useClinical } from "../i18n/clinical.ts";
import { shownTitle } from "../record/entryTitle.ts";
import { entryKey } from "../record/recordIndex.ts";
import { useTitledRecords } from "./useOwnRecord.ts";

export function useEntryTitles(): ReadonlyMap<string, string> {
  const clinical = useClinical();
  const { data } = useTitledRecords();
  return useMemo(() => {
    const titles = new Map<string, string>();
    for (const record of data ?? []) {
      if (record.descriptor !== null) titles.set(entryKey(record), shownTitle(clinical, record.descriptor));
    }
    return titles;
  }, [data, clinical]);
}
