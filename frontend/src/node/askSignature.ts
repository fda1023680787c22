import type { AskSignature } from "../vault/types.ts";
import { requireChain } from "../wallet/requireChain.ts";
import type { Client } from "./types.ts";

/** Signs for the vault, by the wallet, in the page. Throws `wallet.*`. */
export function askSignature(client: Client): AskSignature {
  return async (typedData) => {
    await requireChain(client.wallet, client.trust.chainId);
    return await client.wallet.signTypedData(typedData);
  };
}
