import type { RecordAnswered } from "../generated/api/types.gen.ts";
import { zRecordsAnswered } from "../generated/api/zod.gen.ts";
import { allPages } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";

/** A patient's records as the node tells of them, unproven and sealed: for counts and places. To show a record, see `listRecords`. */
export async function listRecordsTold(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<readonly RecordAnswered[]> {
  return await allPages((cursor) =>
    client.http.get(path`/v1/patients/${patient}/records`, zRecordsAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}
