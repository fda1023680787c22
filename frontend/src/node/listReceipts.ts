import type { ReceiptsAnswered } from "../generated/api/types.gen.ts";
import { zReceiptsAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

/**
 * One page of who read what: receipts of this node's custodian, newest first. All to the patient, their own to others.
 *
 * `cursor`: `next_cursor` of the page before; a page may hold fewer items than `limit` (at most 200), and more follow as
 * long as there is a cursor.
 */
export async function listReceipts(
  client: Client,
  asked: { patient: Address; cursor?: string | null; limit?: number; signal?: AbortSignal },
): Promise<ReceiptsAnswered> {
  const { patient, cursor = null, limit = 50, signal } = asked;
  return await client.http.get(path`/v1/patients/${patient}/receipts`, zReceiptsAnswered, {
    query: { cursor, limit },
    signal,
  });
}
