/** One's own names for addresses: sealed to oneself in the vault, kept as ciphertext in the safe. */
import * as z from "zod/mini";
import { isCode, MendrecError } from "../core/errors.ts";
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

/** Every name that one gave. The vault has to be open. */
export async function readContacts(client: Client, { signal }: { signal?: AbortSignal } = {}): Promise<Contacts> {
  return namesOf((await readBook(client, signal)).book);
}

/**
 * Gives an address a name, or takes it away (`name: null`); returns all names.
 *
 * Where another tab changed the book meanwhile, the change is made to what that one wrote.
 */
export async function saveContact(
  client: Client,
  {
    address,
    name,
    signal,
    now = Date.now(),
  }: { address: Address; name: string | null; signal?: AbortSignal; now?: number },
): Promise<Contacts> {
  const trimmed = name?.trim().slice(0, NAME_MAX_CHARS) ?? null;
  for (let left = TRIES; ; left -= 1) {
    const { book, version } = await readBook(client, signal);
    // Never older than what is replaced, whatever this machine's clock says.
    const changed_at = Math.max(now, (book.contacts[address]?.changed_at ?? 0) + 1);
    const contacts = { ...book.contacts, [address]: { name: trimmed === "" ? null : trimmed, changed_at } };
    const changed: Book = { format: FORMAT, contacts };
    try {
      const sealed = await client.vault.sealToSelf(changed);
      await writeSafe(client, { slot: SLOT, sealed, expectedVersion: version, signal });
      return namesOf(changed);
    } catch (error) {
      if (left <= 1 || !isCode(error, SAFE_CONFLICT)) {
        throw error;
      }
    }
  }
}

async function readBook(client: Client, signal: AbortSignal | undefined): Promise<{ book: Book; version: number }> {
  const item = await readSafe(client, { slot: SLOT, signal });
  if (item === null) {
    return { book: { format: FORMAT, contacts: {} }, version: 0 };
  }
  const read = z.safeParse(Book, await client.vault.openFromSelf(item.sealed));
  if (!read.success) {
    throw new MendrecError("verification.address_book", "Your list of names can't be read.", {
      remedy: "It may have been written by a newer version of this page: load the page again.",
    });
  }
  return { book: read.data, version: item.version };
}

function namesOf(book: Book): Contacts {
  return new Map(
    Object.entries(book.contacts).flatMap(([address, { name }]) => (name === null ? [] : [[address as Address, name]])),
  );
}
