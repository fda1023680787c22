import { lyingNode } from "../core/lyingNode.ts";
import type { EntriesAnswered, EntryAnswered } from "../generated/api/types.gen.ts";
import { zEntriesAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

export type Entries = Pick<EntriesAnswered, "head_link_hex" | "head_block_number"> & {
  readonly items: readonly EntryAnswered[];
};

/** A patient's whole chain as the node tells it, with its head as of the last page: to be walked, not believed. */
export async function listEntries(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<Entries> {
  let last: EntriesAnswered | null = null;
  const items = await allPages(async (cursor) => {
    const query = { cursor, limit: 200 };
    last = await client.http.get(path`/v1/patients/${patient}/entries`, zEntriesAnswered, { query, signal });
    return last;
  });
  const head = last as EntriesAnswered | null;
  if (head === null) {
    throw lyingNode("The node tells of no head.");
  }
  return { items, head_link_hex: head.head_link_hex, head_block_number: head.head_block_number };
}
