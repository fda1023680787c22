import type { ReceiptAnswered } from "../generated/api/types.gen.ts";
import { allPages } from "./http.ts";
import { listReceipts } from "./listReceipts.ts";
import type { Address, Client } from "./types.ts";

/** Every page of `listReceipts`: for an export, or a search. */
export async function listAllReceipts(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<readonly ReceiptAnswered[]> {
  return await allPages((cursor) =>
    listReceipts(client, { patient, cursor, limit: 200, ...(signal === undefined ? {} : { signal }) }),
  );
}
