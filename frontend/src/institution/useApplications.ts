/** Who says that they work for an institution. Looked at again every half minute: people wait for the answer. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { listApplications } from "../node/applications.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";

const EVERY_MS = 30_000;

export function useApplications(institution: Address) {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.applications(institution),
    queryFn: ({ signal }) => listApplications(client, { institution, signal }),
    refetchInterval: EVERY_MS,
  });
}

/** Has everything that a decision changes asked for anew. */
export function useApplicationsChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    await Promise.all(
      ["applications", "staff", "professionals"].map((first) => queries.invalidateQueries({ queryKey: [first] })),
    );
  }, [queries]);
}
