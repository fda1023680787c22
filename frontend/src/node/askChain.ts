import type { ChainCall } from "../core/typedData/contractWallet.ts";
import { requireChain } from "../wallet/requireChain.ts";
import type { Client } from "./types.ts";

/**
 * The chain as the wallet's own node tells it, for whoever has to know it from somebody else than the node of this page. Throws
 * `wallet.*`; `refused.*` where the contract refuses to tell.
 */
export function askChain({ wallet, trust }: Client): ChainCall {
  return async (to, data) => {
    await requireChain(wallet, trust.chainId); // on another one, another contract or none would answer
    return await wallet.call({ to, data });
  };
}
