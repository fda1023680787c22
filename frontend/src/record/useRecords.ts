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

export type Records = {
  /** Null until they were listed. */
  readonly records: readonly ListedRecord[] | null;
  readonly isListing: boolean;
  readonly progress: Progress | null;
  readonly error: unknown;
  readonly list: () => void;
  readonly cancel: () => void;
};

export function recordsKey(patient: Address, reader: Address, purpose: Purpose) {
  const key = queryKeys.records(patient, reader);
  return patient === reader ? key : ([...key, purpose] as const);
}

export function useRecords({ patient, purpose }: { patient: Address; purpose: Purpose }): Records {
  const client = useClient();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const queryKey = recordsKey(patient, client.account, purpose);
  const found = useQuery({
    queryKey,
    queryFn: ({ signal }) => {
      setProgress(null);
      return listRecords(client, { patient, purpose, signal, onProgress: setProgress });
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
