import { isCode, MendrecError } from "../core/errors.ts";
import { readPrevious } from "./previousBackup.ts";
import { readMe } from "./readMe.ts";
import { putBackIfFailed, waitForReplacement } from "./replacement.ts";
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
  const restore = (sealed: Uint8Array, published: string) =>
    client.vault.restoreWithPassphrase(sealed, passphrase, client.account, published);
  try {
    await restore(backup, recipient);
  } catch (error) {
    const isAnothers = isCode(error, "verification") || isCode(error, "input.wrong_passphrase");
    if (file !== undefined || !isAnothers) {
      throw error;
    }
    await waitForReplacement(client, { signal });
    const published = (await readMe(client, signal === undefined ? {} : { signal })).recipient ?? recipient;
    const previous = readPrevious(client.account).find(
      (one) => one.recipient === published && one.slot === "identity-passphrase",
    );
    if (published !== recipient) {
      await restore(backup, published);
    } else if (previous !== undefined) {
      await restore(previous.backup, published);
      await putBackIfFailed(client, previous, { signal }).catch(() => undefined);
    } else {
      throw error;
    }
  }
}
