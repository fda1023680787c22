import type * as z from "zod/mini";
import { zMendingsAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

export type MendingsPage = z.output<typeof zMendingsAnswered>;
export type Mending = MendingsPage["items"][number];

/** One page of what was mended of a patient's record, when and why, newest first. */
export async function listMendings(
  client: Client,
  asked: { patient: Address; cursor?: string | null; limit?: number; signal?: AbortSignal },
): Promise<MendingsPage> {
  const { patient, cursor = null, limit = 50, signal } = asked;
  const query = { cursor, limit };
  return await client.http.get(path`/v1/patients/${patient}/mendings`, zMendingsAnswered, { query, signal });
}
