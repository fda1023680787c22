/** Takes one's list of names along when the key is replaced: read with the old key, sealed to the new one. */
import { isCode } from "../core/errors.ts";
import { type ReadBook, readBook, sealBook, writeBook } from "./contacts.ts";
import { forgetKeptBook, readKeptBook } from "./keptBook.ts";
import type { Client } from "./types.ts";

/**
 * The list as it is, read with the key that is still held. Null where there is none, none that opens, or no key to read it with:
 * a key that somebody has got hold of is replaced all the same.
 *
 * Throws `unavailable.*` and the like where it can't be had now: another try may take it along.
 */
export async function takeBook(
  client: Client,
  { signal }: { signal?: AbortSignal | undefined },
): Promise<ReadBook | null> {
  try {
    const read = await readBook(client, signal);
    return read.version === 0 ? null : read;
  } catch (error) {
    if (isCode(error, "verification") || isCode(error, "refused.vault_locked")) {
      return null;
    }
    throw error;
  }
}

/** The list sealed to the key that is held now, as the next version. */
export async function sealBookAnew(client: Client, { book, version }: ReadBook): Promise<Uint8Array> {
  return await sealBook(client, book, version + 1);
}

/**
 * Puts the list that waits here for the new key into the safe; does nothing while another key is held. What fails is tried again
 * the next time: until then it is read from here.
 */
export async function putKeptBook(
  client: Client,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { account } = client;
  const sealed = readKeptBook(account);
  if (sealed === null) {
    return;
  }
  let kept: { readonly version: number };
  try {
    kept = await client.vault.openFromSelf({ account, slot: "address-book" }, sealed);
  } catch (error) {
    if (isCode(error, "verification.cannot_open")) {
      return;
    }
    throw error;
  }
  const { version, safeVersion } = await readBook(client, signal);
  if (kept.version >= version) {
    await writeBook(client, sealed, { safeVersion, signal });
  }
  forgetKeptBook(account);
}
