import { walletError } from "./errors.ts";
import type { Wallet } from "./types.ts";

/** Throws `wallet.wrong_chain`, with `expected` and `found`, where the wallet is on another chain. */
export async function requireChain(wallet: Wallet, chainId: number): Promise<void> {
  const found = await wallet.chainId();
  if (found !== chainId) {
    throw walletError("wrong_chain", { details: { expected: chainId, found } });
  }
}
