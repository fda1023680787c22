import { MendrecError } from "../core/errors.ts";
import type { WalletErrorReason } from "./types.ts";

const WORDS: Readonly<Record<WalletErrorReason, readonly [message: string, remedy: string]>> = {
  refused: ["It was declined in the wallet.", "Nothing was signed. Ask again when you want to."],
  locked: ["The wallet is locked, or is not connected to this page.", "Unlock it and connect it, then repeat."],
  wrong_chain: ["The wallet is on another network than this node.", "Change the network in the wallet, then repeat."],
  wrong_account: [
    "The wallet shows another account than the one that is signed in.",
    "Choose that account in the wallet, or sign in anew.",
  ],
  busy: [
    "The wallet is still waiting for an answer to an earlier question.",
    "Open the wallet, answer it, then repeat.",
  ],
  unsupported: ["The wallet can't do this.", "Use another wallet."],
  gone: ["The wallet does not answer any more.", "Reload the page or start the wallet again; nothing was signed."],
};

/** Why a wallet did not do it; code `wallet.<reason>`. */
export function walletError(
  reason: WalletErrorReason,
  options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, string | number>> } = {},
): MendrecError {
  const [message, remedy] = WORDS[reason];
  return new MendrecError(`wallet.${reason}`, message, { remedy, ...options });
}

const REVERT_DATA_MAX_CHARS = 2_000;

/** A call or a transaction that the contract refuses; `details.revert_data`: its custom error, where the wallet tells it. */
export function contractRefused({ data, cause }: { data: string | null; cause?: unknown }): MendrecError {
  return new MendrecError("refused.contract", "The contract refuses this.", {
    remedy: "Nothing was changed. Look at the state again: somebody may have done it already, or you may not.",
    details: data === null || data.length > REVERT_DATA_MAX_CHARS ? {} : { revert_data: data },
    cause,
  });
}
