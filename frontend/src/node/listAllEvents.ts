import type { EventAnswered } from "../generated/api/types.gen.ts";
import { allPages } from "./http.ts";
import { listEvents } from "./listEvents.ts";
import type { Address, Client } from "./types.ts";

/** Every page of `listEvents`: for an export, or a search. */
export async function listAllEvents(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<readonly EventAnswered[]> {
  return await allPages((cursor) =>
    listEvents(client, { patient, cursor, limit: 200, ...(signal === undefined ? {} : { signal }) }),
  );
}
