/** Keeping an identity's backup in the safe, surely: what was kept is read back and compared before anything relies on it. */
import { equalBytes } from "../core/bytes.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { readSafe, type SafeSlot, writeSafe } from "./safe.ts";
import type { Client } from "./types.ts";

export type BackupSlot = Extract<SafeSlot, "identity" | "identity-passphrase">;

/**
 * Keeps a backup; returns what was there before, null where nothing was.
 *
 * Throws `verification.node` where the node does not give back what it was given; `conflict.safe` where another tab was faster.
 */
export async function keepBackup(
  client: Client,
  { slot, backup, signal }: { slot: BackupSlot; backup: Uint8Array; signal?: AbortSignal | undefined },
): Promise<Uint8Array | null> {
  const before = await readSafe(client, { slot, signal });
  await writeSafe(client, { slot, sealed: backup, expectedVersion: before?.version ?? 0, signal });
  const kept = await readSafe(client, { slot, signal });
  if (kept === null || !equalBytes(kept.sealed, backup)) {
    throw lyingNode("The node did not keep the backup of your key as it was given.");
  }
  return before?.sealed ?? null;
}
