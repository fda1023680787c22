import { mayHappen } from "../core/mayHappen.ts";
import { keepBackup } from "./backup.ts";
import { putKeptBook, sealBookAnew, takeBook } from "./bookForNewKey.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import { forgetKeptBook, keepBook } from "./keptBook.ts";
import { keepPrevious, type PreviousBackup } from "./previousBackup.ts";
import { readMe } from "./readMe.ts";
import { putBackIfFailed, requireNoReplacement } from "./replacement.ts";
import { readSafe } from "./safe.ts";
import type { Client } from "./types.ts";
import { orCancelled } from "./waiting.ts";

export type Replacing = ActOptions & {
  readonly passphrase?: string;
  readonly site?: string;
  /** Told before anything is sent: the old identity's backup, to be saved as a file. What was sealed to it opens with it alone. */
  readonly onPrevious?: (backup: Uint8Array) => void;
};

/**
 * Publishes a fresh identity in the place of a published one, with its backup kept first; returns its recipient.
 *
 * The backup goes into the safe after the wallet signed and right before the act is sent; the one that was there stays in this
 * browser (`readPrevious`), until the person removes it. From the sending on neither is touched before it is sure which identity
 * counts: where nothing came of it, the old backup is put back, here or when the vault is unlocked.
 *
 * Throws what acts throw. Where nothing happened the vault holds the published identity again, or is locked where this browser
 * keeps none; where it may happen (`mayHappen`) the vault holds the new identity, and this browser both: `resume` takes up
 * whichever is published. `refused.replacement_under_way`, `refused.keeps_nothing` where this browser can't keep the old backup.
 */
export async function replaceIdentity(client: Client, asked: Replacing = {}): Promise<string> {
  const { passphrase, site = globalThis.location.origin, onPrevious, ...options } = asked;
  const { vault, account, wallet, http } = client;
  const { signal } = options;
  const slot = passphrase === undefined ? "identity" : "identity-passphrase";
  const before = (await readMe(client, signal === undefined ? {} : { signal })).recipient;
  await requireNoReplacement(client, before, { signal });
  const backupBefore = (await readSafe(client, { slot, signal }))?.sealed ?? null;
  const book = await takeBook(client, { signal });
  let previous: PreviousBackup | null = null;
  try {
    const made = await orCancelled(
      passphrase === undefined
        ? vault.create(site, account, (typedData) => wallet.signTypedData(typedData))
        : vault.createWithPassphrase(account, passphrase),
      signal,
    );
    const bookAnew = book === null ? null : await sealBookAnew(client, book);
    await doAct(client, {
      kind: "publish_recipient",
      params: { recipient: made.recipient },
      ...options,
      beforeSending: async (act) => {
        if (backupBefore !== null && before !== null) {
          const replacing = { ...act, recipient: made.recipient, hasFailed: false };
          previous = {
            recipient: before,
            slot,
            backup: backupBefore,
            keptAt: http.now(),
            wasPublished: true,
            replacing,
          };
          keepPrevious(account, previous);
          onPrevious?.(backupBefore);
        }
        if (bookAnew !== null) {
          keepBook(account, bookAnew);
        }
        await keepBackup(client, { slot, backup: made.backup, signal });
      },
    });
    // The key is replaced, whatever becomes of this: the list waits here until it is put.
    await putKeptBook(client, { signal }).catch(() => undefined);
    return made.recipient;
  } catch (error) {
    if (!mayHappen(error)) {
      await takeUpAgain(client, before);
      await undo(client, previous);
    }
    throw error;
  }
}

/** The vault as it was: another try takes the list of names along, which the key that counts alone reads. */
async function takeUpAgain({ vault, account }: Client, recipient: string | null): Promise<void> {
  await vault.forget(); // a key that is being made still, for a wallet that answers late, is not held either
  const isBack = recipient !== null && (await vault.resume(account, recipient).catch(() => false));
  if (!isBack) {
    await vault.lock();
  }
}

/** Nothing came of it. Where the safe can't be reached now, `unlock` puts the old backup back. */
async function undo(client: Client, previous: PreviousBackup | null): Promise<void> {
  forgetKeptBook(client.account);
  if (previous === null) {
    return;
  }
  const failed = { ...previous, replacing: { ...previous.replacing, hasFailed: true } };
  keepPrevious(client.account, failed);
  await putBackIfFailed(client, failed).catch(() => undefined);
}
