/** What the places are called that copies are in: who runs one, and which of theirs it is. One name wherever it is spoken of. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { useText } from "../i18n/text.ts";
import { listLocations } from "../node/listLocations.ts";
import { useClient } from "../session/context.ts";
import { placeNames } from "./placeNames.ts";
import { usePeople } from "./usePeople.ts";

export function usePlaceNames() {
  const t = useText();
  const client = useClient();
  const locations = useQuery({
    queryKey: queryKeys.locations(),
    queryFn: ({ signal }) => listLocations(client, { signal }),
    staleTime: 60_000,
  });
  const found = locations.data ?? [];
  const people = usePeople(found.map(({ operator }) => operator));
  return placeNames(t.care, found, people);
}
