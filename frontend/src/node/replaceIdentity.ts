import { isCode } from "../core/errors.ts";
import { keepBackup } from "./backup.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import { forgetPrevious, keepPrevious } from "./previousBackup.ts";
import { readSafe } from "./safe.ts";
import type { Client } from "./types.ts";
import { orCancelled } from "./waiting.ts";

export type Replaced = {
  readonly recipient: string;
  /** The backup of the identity that was replaced, to be saved as a file: what was sealed to it opens with it alone. */
  readonly previousBackup: Uint8Array | null;
};

/**
 * Publishes a fresh identity in the place of a published one, with its backup kept first.
 *
 * The backup goes into the safe after the wallet signed and right before the act is sent; the one that was there stays in
 * this browser until the new one is published (`unlock` finds it), and is put back where the act was refused. Where it
 * fails the vault is locked: `unlock` again.
 */
export async function replaceIdentity(
  client: Client,
  asked: ActOptions & { readonly passphrase?: string; readonly site?: string } = {},
): Promise<Replaced> {
  const { passphrase, site = globalThis.location.origin, ...options } = asked;
  const { vault, account, wallet } = client;
  const { signal } = options;
  const slot = passphrase === undefined ? "identity" : "identity-passphrase";
  const previousBackup = (await readSafe(client, { slot, signal }))?.sealed ?? null;
  let isKept = false;
  try {
    const made = await orCancelled(
      passphrase === undefined
        ? vault.create(site, account, (typedData) => wallet.signTypedData(typedData))
        : vault.createWithPassphrase(account, passphrase),
      signal,
    );
    await doAct(client, {
      kind: "publish_recipient",
      params: { recipient: made.recipient },
      ...options,
      beforeSending: async () => {
        if (previousBackup !== null) {
          keepPrevious(account, previousBackup);
        }
        isKept = true;
        await keepBackup(client, { slot, backup: made.backup, signal });
      },
    });
    forgetPrevious(account);
    return { recipient: made.recipient, previousBackup };
  } catch (error) {
    await vault.lock();
    // Only a refusal is sure: an act that nobody answered for may be in a block yet.
    if (isKept && previousBackup !== null && isCode(error, "refused")) {
      await keepBackup(client, { slot, backup: previousBackup });
      forgetPrevious(account);
    }
    throw error;
  }
}
