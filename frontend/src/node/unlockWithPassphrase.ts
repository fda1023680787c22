import { MendrecError } from "../core/errors.ts";
import { readMe } from "./readMe.ts";
import { readSafe } from "./safe.ts";
import type { Client } from "./types.ts";

/**
 * Opens the vault from the backup under a passphrase: the one in the safe, or a file that the person kept.
 *
 * Throws `refused.wrong_passphrase` and what opening throws; `not_found.backup` where there is none.
 */
export async function unlockWithPassphrase(
  client: Client,
  { passphrase, file, signal }: { passphrase: string; file?: Uint8Array; signal?: AbortSignal },
): Promise<void> {
  const { recipient } = await readMe(client, signal === undefined ? {} : { signal });
  const backup = file ?? (await readSafe(client, { slot: "identity-passphrase", signal }))?.sealed;
  if (recipient === null || backup === undefined) {
    throw new MendrecError("not_found.backup", "There is no backup of a published key here.", {
      remedy: "Choose the backup file that you kept.",
    });
  }
  await client.vault.restoreWithPassphrase(backup, passphrase, client.account, recipient);
}
