/** How many entries a record has that a reader may not see: only where the node tells of them at all. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { listEntries } from "../node/listEntries.ts";
import type { Address, ListedRecord } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { hiddenCount } from "./hiddenCount.ts";

/** Null while it is not known, and where the node does not tell. */
export function useHiddenCount(patient: Address, records: readonly ListedRecord[] | null): number | null {
  const client = useClient();
  const told = useQuery({
    queryKey: [...queryKeys.records(patient, client.account), "entries", records?.length ?? 0],
    queryFn: async ({ signal }) => {
      try {
        return (await listEntries(client, { patient, signal })).items;
      } catch (error) {
        if (isCode(error, "refused") && !isCode(error, "refused.sign_in_needed")) return null;
        throw error;
      }
    },
    enabled: records !== null && patient !== client.account,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return records === null || told.data === undefined || told.data === null ? null : hiddenCount(told.data, records);
}
