/**
 * One opened entry. Its plaintext is in this page's memory only, and goes soon after the last place that showed it. The patient's
 * own entries open by themselves; a reader opens with a signature, so only when they say so.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { MendrecError } from "../core/errors.ts";
import { openRecords } from "../node/openRecords.ts";
import type { ListedRecord, OpenedRecord, Progress, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { againWhenBack } from "./againWhenBack.ts";

const KEPT_MS = 60_000;

export type Opening = {
  readonly opened: OpenedRecord | null;
  readonly isOpening: boolean;
  readonly progress: Progress | null;
  readonly error: unknown;
  readonly open: () => void;
  readonly cancel: () => void;
};

export function useOpened(record: ListedRecord, purpose: Purpose): Opening {
  const client = useClient();
  const queries = useQueryClient();
  const [progress, setProgress] = useState<Progress | null>(null);
  const { patient, sequence, leafIndex } = record;
  const queryKey = [...queryKeys.opened(patient, sequence, leafIndex), client.account, purpose] as const;
  const found = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      setProgress(null);
      const opened = await openRecords(client, {
        patient,
        purpose,
        records: [record],
        signal,
        onProgress: setProgress,
      });
      const [one] = opened;
      if (one === undefined) throw new MendrecError("fault", "Nothing was opened.");
      return one;
    },
    enabled: patient === client.account,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    refetchOnReconnect: againWhenBack,
    refetchOnWindowFocus: false,
    retry: false,
  });
  return {
    opened: found.data ?? null,
    isOpening: found.isFetching,
    progress,
    error: found.isFetching ? null : found.error,
    open: () => void found.refetch({ cancelRefetch: false }),
    cancel: () => void queries.cancelQueries({ queryKey, exact: true }),
  };
}
