/** A second backup of one's key, under a passphrase; and trying backups without changing anything. */
import { isCode, MendrecError } from "../core/errors.ts";
import { keepBackup } from "../node/backup.ts";
import { readSafe } from "../node/safe.ts";
import type { Client } from "../node/types.ts";
import { unlockWithPassphrase } from "../node/unlockWithPassphrase.ts";
import { requireChain } from "../wallet/requireChain.ts";

/**
 * Makes it, and keeps a copy in the safe where asked. A browser that can't read the key out asks the wallet for one signature.
 *
 * Throws `wallet.*`; what keeping throws. Returns the file.
 */
export async function makePassphraseBackup(
  client: Client,
  { passphrase, recipient, keepHere }: { passphrase: string; recipient: string; keepHere: boolean },
): Promise<Uint8Array> {
  const backup = await made(client, passphrase, recipient);
  if (keepHere) await keepBackup(client, { slot: "identity-passphrase", backup });
  return backup;
}

async function made(client: Client, passphrase: string, recipient: string): Promise<Uint8Array> {
  try {
    return await client.vault.backupWithPassphrase(passphrase);
  } catch (error) {
    if (!isCode(error, "refused.key_not_readable")) throw error;
    await openWithWallet(client, recipient);
    return await client.vault.backupWithPassphrase(passphrase);
  }
}

/** Opens the backup for the wallet, which also shows that it opens. The same key is held afterwards as before. */
export async function openWithWallet(client: Client, recipient: string): Promise<void> {
  const item = await readSafe(client, { slot: "identity" });
  if (item === null) {
    throw new MendrecError("not_found.backup", "There is no backup that your wallet opens.", {
      remedy: "Use your passphrase backup, or your file.",
    });
  }
  await requireChain(client.wallet, client.trust.chainId);
  const sign = (typedData: Parameters<Client["wallet"]["signTypedData"]>[0]) => client.wallet.signTypedData(typedData);
  await client.vault.restore(item.sealed, globalThis.location.origin, client.account, recipient, sign);
}

/** Opens a passphrase backup and compares it with the published key. Throws where it is another one's, or does not open. */
export async function openWithPassphrase(client: Client, passphrase: string, file: Uint8Array | null): Promise<void> {
  await unlockWithPassphrase(client, { passphrase, ...(file === null ? {} : { file }) });
}
