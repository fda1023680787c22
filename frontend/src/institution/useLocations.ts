/** The places that records may lead to, as the chain has them. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { listLocations } from "../node/listLocations.ts";
import { useClient } from "../session/context.ts";

export function useLocations() {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.locations(),
    queryFn: ({ signal }) => listLocations(client, { signal }),
  });
}
