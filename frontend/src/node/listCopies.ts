import type * as z from "zod/mini";
import { zCopiesAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

export type Copies = z.output<typeof zCopiesAnswered>;
export type RecordCopies = Copies["items"][number];

/**
 * What the last check found of each record's copies, store by store. One page; `records_by_state` counts all records and
 * comes with the first page only.
 */
export async function listCopies(
  client: Client,
  asked: { patient: Address; cursor?: string | null; limit?: number; signal?: AbortSignal },
): Promise<Copies> {
  const { patient, cursor = null, limit = 50, signal } = asked;
  const query = { cursor, limit };
  return await client.http.get(path`/v1/patients/${patient}/copies`, zCopiesAnswered, { query, signal });
}

/** Every page of `listCopies`. */
export async function listAllCopies(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<readonly RecordCopies[]> {
  return await allPages((cursor) =>
    listCopies(client, { patient, cursor, limit: 200, ...(signal === undefined ? {} : { signal }) }),
  );
}
