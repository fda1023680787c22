import type { EventsAnswered } from "../generated/api/types.gen.ts";
import { zEventsAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

/**
 * One page of what happened to a record, newest first: contract events and receipts in one order.
 *
 * `cursor`: `next_cursor` of the page before; a page may hold fewer items than `limit` (at most 200), and more follow as
 * long as there is a cursor.
 */
export async function listEvents(
  client: Client,
  asked: { patient: Address; cursor?: string | null; limit?: number; signal?: AbortSignal },
): Promise<EventsAnswered> {
  const { patient, cursor = null, limit = 50, signal } = asked;
  return await client.http.get(path`/v1/patients/${patient}/events`, zEventsAnswered, {
    query: { cursor, limit },
    signal,
  });
}
