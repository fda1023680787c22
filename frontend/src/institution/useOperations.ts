/** How the node is, looked at again every ten seconds while the page is in sight. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { readOperations } from "../node/readOperations.ts";
import { useClient } from "../session/context.ts";

const EVERY_MS = 10_000;

export function useOperations() {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.operations(),
    queryFn: ({ signal }) => readOperations(client, { signal }),
    refetchInterval: (query) => (isNotOperator(query.state.error) ? false : EVERY_MS),
  });
}

/** Whether the node says that somebody else runs it. */
export function isNotOperator(error: unknown): boolean {
  return isCode(error, "refused.not_the_operator");
}
