import type { AccessRequestAnswered } from "../generated/api/types.gen.ts";
import { zAccessRequestsAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import type { Client } from "./types.ts";

/** The requests for access that one made oneself, oldest first. */
export async function listOwnRequests(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly AccessRequestAnswered[]> {
  return await allPages((cursor) =>
    client.http.get("/v1/me/access-requests", zAccessRequestsAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}
