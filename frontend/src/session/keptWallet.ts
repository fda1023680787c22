/** Which wallet signed in last in this browser: its public id, so that a reload finds it again without asking. */
const KEPT_UNDER = "mendrec.wallet";

export type Kept = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function keptWallet(kept: Kept): string | null {
  try {
    return kept.getItem(KEPT_UNDER);
  } catch {
    return null;
  }
}

export function keepWallet(kept: Kept, id: string): void {
  try {
    kept.setItem(KEPT_UNDER, id);
  } catch {
    // Then a reload asks for the wallet again.
  }
}

export function forgetWallet(kept: Kept): void {
  try {
    kept.removeItem(KEPT_UNDER);
  } catch {
    // Nothing was kept either.
  }
}
