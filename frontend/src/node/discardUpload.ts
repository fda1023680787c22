import type { Client } from "./types.ts";

/** Forgets an upload that was broken off, here and, where it was announced, at the node. */
export async function discardUpload(client: Client, { key }: { key: string }): Promise<void> {
  await client.vault.discardUpload(key);
}
