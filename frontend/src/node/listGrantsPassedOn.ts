import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import { zConsentsAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import type { Client } from "./types.ts";

/** The permission blocks that one passed on, and that nobody has ended or given anew since. */
export async function listGrantsPassedOn(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly ConsentAnswered[]> {
  return await allPages((cursor) =>
    client.http.get("/v1/me/grants-passed-on", zConsentsAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}
