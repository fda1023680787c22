/** The categories that the chain knows now, in its order. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { listCategories } from "../node/listCategories.ts";
import { useClient } from "../session/context.ts";

const FRESH_MS = 10 * 60_000;

export function useCategories() {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.categories(),
    queryFn: ({ signal }) => listCategories(client, { signal }),
    staleTime: FRESH_MS,
  });
}
