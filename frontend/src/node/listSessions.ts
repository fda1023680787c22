import type { SessionAnswered } from "../generated/api/types.gen.ts";
import { zSessionsAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";

/** One's own open sessions, newest first. */
export async function listSessions(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly SessionAnswered[]> {
  return (await client.http.get("/v1/sessions", zSessionsAnswered, { signal })).items;
}
