import { isUnderPassphrase } from "../core/identityBackup.ts";
import { requireChain } from "../wallet/requireChain.ts";
import type { Client } from "./types.ts";

/**
 * Takes up a key that was replaced, from its backup, beside the one that counts: what was locked for it opens in this browser
 * again. One signature of the wallet, or the passphrase.
 *
 * Returns its public half. Throws `wallet.*`, `verification.cannot_open` (another wallet's or site's), `input.wrong_passphrase`.
 */
export async function takeUpOlderKey(
  { vault, wallet, trust, account }: Client,
  { backup, passphrase }: { backup: Uint8Array; passphrase: string },
): Promise<string> {
  if (isUnderPassphrase(backup)) {
    return await vault.restoreOlderWithPassphrase(backup, passphrase, account);
  }
  await requireChain(wallet, trust.chainId);
  return await vault.restoreOlder(backup, globalThis.location.origin, account, (typedData) =>
    wallet.signTypedData(typedData),
  );
}
