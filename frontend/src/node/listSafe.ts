import type * as z from "zod/mini";
import { zSafeAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";

export type SafeEntry = z.output<typeof zSafeAnswered>["items"][number];

/** What one's safe holds: slots, versions and sizes. */
export async function listSafe(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly SafeEntry[]> {
  return (await client.http.get("/v1/me/safe", zSafeAnswered, { signal })).items;
}
