/** Begins the name of the lock that a page holds for its upload, also while that waits; see `app/renewal.ts`. */
const PAGE_LOCK = "mendrec-upload-page ";
/** Where the vault tells that it was locked, in whichever tab. */
const VAULT_CHANNEL = "mendrec-vault";

/**
 * Tells every tab that this page has an upload, until the returned function is called. It is shared, and another one than the
 * lock of whoever works on the upload: another tab can still go on with it.
 */
export function holdPage(key: string): () => void {
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  void globalThis.navigator?.locks
    ?.request(`${PAGE_LOCK}${key}`, { mode: "shared" }, () => held)
    .catch(() => undefined);
  return letGo;
}

export function onVaultLocked(then: () => void): void {
  new BroadcastChannel(VAULT_CHANNEL).addEventListener("message", then);
}
