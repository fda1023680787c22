/**
 * One's own names for addresses: sealed to oneself in the vault, kept as ciphertext in the safe. Access is given to who bears
 * a name, so a book is believed only where oneself sealed it, for its version, and where it is not older than one seen here.
 */
import * as z from "zod/mini";
import { isCode, MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { olderThanSeen } from "../core/olderThanSeen.ts";
import type { SelfPlace } from "../core/sealedToOneself.ts";
import { readSafe, SAFE_CONFLICT, writeSafe } from "./safe.ts";
import type { Address, Client } from "./types.ts";

export type Contacts = ReadonlyMap<Address, string>;

const SLOT = "address-book";
const FORMAT = "mendrec-address-book/1";
const NAME_MAX_CHARS = 120;
const TRIES = 4;

const Book = z.object({
  format: z.literal(FORMAT),
  /** By address; `name` null: it was taken out, which has to win over an older copy. */
  contacts: z.record(
    z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/)),
    z.object({ name: z.nullable(z.string()), changed_at: z.number() }),
  ),
});
type Book = z.output<typeof Book>;

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
 * can't be believed, is replaced by a book with this name alone; only where the person says so.
 */
export async function saveContact(
  client: Client,
  {
    address,
    name,
    startsAnew = false,
    signal,
    now = Date.now(),
  }: { address: Address; name: string | null; startsAnew?: boolean; signal?: AbortSignal; now?: number },
): Promise<Contacts> {
  const given = name === null ? null : tidy(name);
  for (let left = TRIES; ; left -= 1) {
    const { book, version } = startsAnew ? await emptyBook(client, signal) : await readBook(client, signal);
    // Never older than what is replaced, whatever this machine's clock says.
    const changed_at = Math.max(now, (book.contacts[address]?.changed_at ?? 0) + 1);
    const contacts = { ...book.contacts, [address]: { name: given === "" ? null : given, changed_at } };
    const changed: Book = { format: FORMAT, contacts };
    try {
      await writeBook(client, changed, { version: version + 1, startsAnew, signal });
      return namesOf(changed);
    } catch (error) {
      if (left <= 1 || !isCode(error, SAFE_CONFLICT)) {
        throw error;
      }
    }
  }
}

async function readBook(client: Client, signal: AbortSignal | undefined): Promise<{ book: Book; version: number }> {
  const { account, vault } = client;
  // Asked before the safe is: what another tab puts meanwhile is no reason to refuse what was fetched before it.
  const newest = await vault.newestOfSelf(account, SLOT);
  const item = await readSafe(client, { slot: SLOT, signal });
  const version = item?.version ?? 0;
  if (version < newest) {
    throw olderThanSeen();
  }
  if (item === null) {
    return { book: { format: FORMAT, contacts: {} }, version };
  }
  const read = z.safeParse(Book, await opened(client, { account, slot: SLOT, version }, item.sealed));
  if (!read.success) {
    throw new MendrecError("verification.address_book", "Your list of names can't be read.", {
      remedy: "It may have been written by a newer version of this page: load the page again.",
    });
  }
  return { book: read.data, version };
}

async function opened(client: Client, place: SelfPlace, sealed: Uint8Array): Promise<unknown> {
  try {
    return await client.vault.openFromSelf(place, sealed);
  } catch (cause) {
    if (!isCode(cause, "verification.cannot_open")) {
      throw cause;
    }
    throw new MendrecError("verification.address_book_closed", "Your list of names does not open with your key.", {
      remedy: "It was sealed to a key that was replaced since, or it was altered: begin a new list.",
      cause,
    });
  }
}

/** A book without names, in the place of whatever is kept. */
async function emptyBook(client: Client, signal: AbortSignal | undefined): Promise<{ book: Book; version: number }> {
  const item = await readSafe(client, { slot: SLOT, signal });
  return { book: { format: FORMAT, contacts: {} }, version: item?.version ?? 0 };
}

async function writeBook(
  client: Client,
  book: Book,
  {
    version,
    startsAnew,
    signal,
  }: { readonly version: number; readonly startsAnew: boolean; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { account, vault } = client;
  const place = { account, slot: SLOT, version };
  const sealed = await vault.sealToSelf(place, book);
  if ((await writeSafe(client, { slot: SLOT, sealed, expectedVersion: version - 1, signal })) !== version) {
    throw lyingNode("The node kept your list of names as another version than the one that it was given.");
  }
  if (startsAnew) {
    await vault.forgetNewestOfSelf(account, SLOT);
  }
  // Opened once here, so that this browser has seen it: an older one is refused from now on.
  await vault.openFromSelf(place, sealed);
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
