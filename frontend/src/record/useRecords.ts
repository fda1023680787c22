/**
 * The list of a record's entries: kept in memory, asked for once, and again when something new is in the record. For
 * everybody but the patient it costs signatures, so it is never asked for in the background then.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { listRecords } from "../node/listRecords.ts";
import type { Address, ListedRecord, Progress, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { againWhenBack } from "./againWhenBack.ts";
import { mergeListings } from "./mergeListings.ts";

export type Records = {
  /** Null until they were listed. */
  readonly records: readonly ListedRecord[] | null;
  readonly isListing: boolean;
  readonly progress: Progress | null;
  readonly error: unknown;
  readonly list: () => void;
  readonly cancel: () => void;
};

type RecordsAsked = {
  readonly patient: Address;
  readonly purpose: Purpose;
  /** Codes of the categories whose titles are asked for; all where it is absent. */
  readonly titlesOf?: readonly string[];
};

/** A reader's listings for several purposes are one: what was shown for one stays when another is chosen. */
export function useRecords({ patient, purpose, titlesOf }: RecordsAsked): Records {
  const client = useClient();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const queryKey = queryKeys.records(patient, client.account);
  const found = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      setProgress(null);
      const found = await listRecords(client, { patient, purpose, titlesOf, signal, onProgress: setProgress });
      const before = queries.getQueryData<readonly ListedRecord[]>(queryKey);
      return patient === client.account || before === undefined ? found : mergeListings(found, before);
    },
    enabled: patient === client.account,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: againWhenBack,
    refetchOnWindowFocus: false,
    retry: false,
  });
  return {
    records: found.data ?? null,
    isListing: found.isFetching,
    progress,
    error: found.isFetching ? null : found.error,
    list: () => void found.refetch({ cancelRefetch: false }),
    cancel: () => void queries.cancelQueries({ queryKey, exact: true }),
  };
}
