/** Finds the entry that a reference inside of an open one means: what it is called, whose it is, and the way to it. */
import { useCallback } from "react";
import { useClinical } from "../i18n/clinical.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord } from "../node/types.ts";
import type { FindEntry } from "../viewers/types.ts";
import { shownTitle } from "./entryTitle.ts";
import { entryKey } from "./recordIndex.ts";
import { referredEntry } from "./referredEntry.ts";
import type { People } from "./usePeople.ts";

type Asked = {
  /** The open entry. */
  readonly record: ListedRecord;
  /** Everything that is listed and may be opened. */
  readonly records: readonly ListedRecord[];
  readonly people: People;
  readonly hrefOf: (key: string) => string;
  readonly onFollow: (key: string) => void;
};

export function useFindEntry({ record, records, people, hrefOf, onFollow }: Asked): FindEntry {
  const t = useText();
  const clinical = useClinical();
  return useCallback(
    (reference) => {
      const found = referredEntry(records, record, reference);
      if (found === null || found.descriptor === null) return null;
      const key = entryKey(found);
      return {
        title: shownTitle(clinical, found.descriptor),
        from: found.author === record.author ? null : t.record.from({ name: people.nameOf(found.author) }),
        href: hrefOf(key),
        open: () => onFollow(key),
      };
    },
    [record, records, people, hrefOf, onFollow, clinical, t],
  );
}
