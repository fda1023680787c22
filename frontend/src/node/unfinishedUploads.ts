import type { UnfinishedUpload } from "../vault/types.ts";
import type { Client } from "./types.ts";

/** Uploads of one's own that a reload broke off, as this browser keeps them: ciphertext only. */
export async function unfinishedUploads(client: Client): Promise<readonly UnfinishedUpload[]> {
  return await client.vault.unfinishedUploads(client.account);
}
