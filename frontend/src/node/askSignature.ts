import type { AskSignature } from "../vault/types.ts";
import { requireChain } from "../wallet/requireChain.ts";
import { requireSignedByOneself } from "./requireSignedByOneself.ts";
import type { Client } from "./types.ts";

/**
 * Signs for the vault, by the wallet, in the page. What it gives is the account's signature, checked before the vault keeps or
 * sends it. Throws `wallet.*`, `wallet.wrong_signature`.
 */
export function askSignature(client: Client): AskSignature {
  return async (typedData) => {
    await requireChain(client.wallet, client.trust.chainId);
    return await requireSignedByOneself(client, typedData, await client.wallet.signTypedData(typedData));
  };
}
