import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { zRelayedActsAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import type { Client } from "./types.ts";

/** One's own acts that the node was given, newest first. */
export async function listActs(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly RelayedActAnswered[]> {
  return await allPages((cursor) =>
    client.http.get("/v1/acts", zRelayedActsAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}
