/**
 * One's own names for addresses: sealed to oneself in the vault, kept as ciphertext in the safe. Access is given to who bears
 * a name, so a book is believed only where oneself sealed it, and where it is not older than one seen here. How old it is says a
 * version of its own, inside the seal, which only goes up; the safe's version, which the node counts, says what is replaced.
 */
import * as z from "zod/mini";
import { isCode, MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { olderThanSeen } from "../core/olderThanSeen.ts";
import { readKeptBook } from "./keptBook.ts";
import { readSafe, SAFE_CONFLICT, writeSafe } from "./safe.ts";
import type { Address, Client } from "./types.ts";

export type Contacts = ReadonlyMap<Address, string>;

const SLOT = "address-book";
const FORMAT = "mendrec-address-book/1";
const NAME_MAX_CHARS = 120;
const TRIES = 4;
/** More changes than anybody makes. A node that counted further would leave no room for the next version. */
const VERSION_MAX = 2 ** 40;

const Book = z.object({
  format: z.literal(FORMAT),
  /** By address; `name` null: it was taken out, which has to win over an older copy. */
  contacts: z.record(
    z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
    z.object({ name: z.nullable(z.string()), changed_at: z.number() }),
  ),
});
export type Book = z.output<typeof Book>;

/** What is read: the book, its own version, and the version of the safe's item that it was in. */
export type ReadBook = { readonly book: Book; readonly version: number; readonly safeVersion: number };
/** What to do with what is kept, as it is, before a new list takes its place. */
export type KeepCopy = (sealed: Uint8Array) => void;

/**
 * Every name that one gave. The vault has to be open.
 *
 * Throws `verification.sealed_to_oneself_mismatch`, `verification.sealed_to_oneself_older`,
 * `verification.address_book_closed` where it does not open with the key: no name of it is to be used.
 */
export async function readContacts(client: Client, { signal }: { signal?: AbortSignal } = {}): Promise<Contacts> {
  return namesOf((await readBook(client, signal)).book);
}

/**
 * Gives an address a name, or takes it away (`name: null`); returns all names.
 *
 * Where another tab changed the book meanwhile, the change is made to what that one wrote. `startsAnew`: what is kept, which
 * can't be believed, is handed over and then replaced by a book with this name alone; only where the person says so.
 */
export async function saveContact(
  client: Client,
  {
    address,
    name,
    startsAnew = null,
    signal,
    now = Date.now(),
  }: { address: Address; name: string | null; startsAnew?: KeepCopy | null; signal?: AbortSignal; now?: number },
): Promise<Contacts> {
  const given = name === null ? null : tidy(name);
  for (let left = TRIES; ; left -= 1) {
    const read = startsAnew === null ? await readBook(client, signal) : await emptyBook(client, startsAnew, signal);
    const { book } = read;
    // Never older than what is replaced, whatever this machine's clock says.
    const changed_at = Math.max(now, (book.contacts[address]?.changed_at ?? 0) + 1);
    const contacts = { ...book.contacts, [address]: { name: given === "" ? null : given, changed_at } };
    const changed: Book = { format: FORMAT, contacts };
    try {
      await writeBook(client, await sealBook(client, changed, read.version + 1), { ...read, signal });
      return namesOf(changed);
    } catch (error) {
      if (left <= 1 || !isCode(error, SAFE_CONFLICT)) {
        throw error;
      }
    }
  }
}

/** Reads the book, for changing it. Throws as `readContacts`. */
export async function readBook(client: Client, signal: AbortSignal | undefined): Promise<ReadBook> {
  const { account, vault } = client;
  // Asked before the safe is: what another tab puts meanwhile is no reason to refuse what was fetched before it.
  const newest = await vault.newestOfSelf(account, SLOT);
  const item = await readSafe(client, { slot: SLOT, signal });
  const safeVersion = item?.version ?? 0;
  const { version, content } =
    item === null ? { version: 0, content: { format: FORMAT, contacts: {} } } : await opened(client, item.sealed);
  if (version < newest) {
    throw olderThanSeen();
  }
  const read = z.safeParse(Book, content);
  if (!read.success) {
    throw new MendrecError("verification.address_book", "Your list of names can't be read.", {
      remedy: "It may have been written by a newer version of this page: load the page again.",
    });
  }
  return { book: read.data, version, safeVersion };
}

async function opened(client: Client, sealed: Uint8Array): Promise<{ version: number; content: unknown }> {
  const { account, vault } = client;
  const slot = { account, slot: SLOT };
  try {
    return await vault.openFromSelf(slot, sealed);
  } catch (cause) {
    if (!isCode(cause, "verification.cannot_open")) {
      throw cause;
    }
    // Sealed to the key before this one, perhaps, and waiting here, sealed anew, since that was replaced.
    const anew = readKeptBook(account);
    const fromHere = anew === null ? null : await vault.openFromSelf(slot, anew).catch(() => null);
    if (fromHere !== null) {
      return fromHere;
    }
    throw new MendrecError("verification.address_book_closed", "Your list of names does not open with your key.", {
      remedy: "It was sealed to a key that was replaced since, or it was altered: begin a new list.",
      cause,
    });
  }
}

/** A book without names, in the place of whatever is kept, and newer than all that was ever seen here. */
async function emptyBook(client: Client, keepCopy: KeepCopy, signal: AbortSignal | undefined): Promise<ReadBook> {
  const newest = await client.vault.newestOfSelf(client.account, SLOT);
  const item = await readSafe(client, { slot: SLOT, signal });
  if (item !== null) {
    keepCopy(item.sealed);
  }
  const safeVersion = item?.version ?? 0;
  if (safeVersion > VERSION_MAX) {
    throw lyingNode("The node says that your list of names was changed more often than anybody could.");
  }
  // The node's count too: another browser of one's own may have seen as much.
  return { book: { format: FORMAT, contacts: {} }, version: Math.max(newest, safeVersion), safeVersion };
}

/** Seals a book with the key that the vault holds. */
export async function sealBook(client: Client, book: Book, version: number): Promise<Uint8Array> {
  const { account, vault } = client;
  return await vault.sealToSelf({ account, slot: SLOT, version }, book);
}

/** Puts a sealed book in the place of what was read as `safeVersion`. */
export async function writeBook(
  client: Client,
  sealed: Uint8Array,
  { safeVersion, signal }: { readonly safeVersion: number; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { account, vault } = client;
  const written = await writeSafe(client, { slot: SLOT, sealed, expectedVersion: safeVersion, signal });
  if (written !== safeVersion + 1) {
    throw lyingNode("The node kept your list of names as another version than the one that it was given.");
  }
  // Opened once here, so that this browser has seen it: an older one is refused from now on.
  await vault.openFromSelf({ account, slot: SLOT }, sealed);
}

/** Without half characters, which cutting or pasting can leave: what is sealed can't hold them. */
function tidy(name: string): string {
  return name
    .trim()
    .slice(0, NAME_MAX_CHARS)
    .replace(/\p{Surrogate}/gu, "");
}

function namesOf(book: Book): Contacts {
  return new Map(
    Object.entries(book.contacts).flatMap(([address, { name }]) => (name === null ? [] : [[address as Address, name]])),
  );
}
