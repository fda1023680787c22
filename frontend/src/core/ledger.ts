/** Asking the public ledger, through the wallet, whether it shows what a node says; and what to say where it does not. */
import { MendrecError } from "./errors.ts";
import { inTime } from "./waiting.ts";

const ANSWERS_MS = 30_000;

/** Before it is said: the wallet's own node may hear of a block some seconds later than the one that told of it. */
export const LEDGER_BEHIND_MS: readonly number[] = [250, 1_000, 2_000, 4_000];

/** A wallet that never answers holds nobody up: neither who waits, nor who stops it. Throws `cancelled`; what `ask` throws. */
export function askedOfWallet<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  return inTime({ milliseconds: ANSWERS_MS, late: "The wallet does not answer." }, ask, signal);
}

/** `unavailable.ledger`: whether it is done, only the node says. */
export function ledgerNotAsked(cause: unknown): MendrecError {
  return new MendrecError(
    "unavailable.ledger",
    "The site says that it is done; your wallet could not be asked whether the public ledger shows it.",
    { remedy: "Open your wallet and look again. Until then, do not rely on it.", cause },
  );
}

/** `unavailable.ledger.behind`: the ledger was asked. */
export function ledgerBehind(cause?: unknown): MendrecError {
  return new MendrecError(
    "unavailable.ledger.behind",
    "The site says that it is done; the public ledger does not show it yet.",
    { remedy: "Look again in a moment. Until then, do not rely on it.", cause },
  );
}
