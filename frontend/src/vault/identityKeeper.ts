/**
 * The person's age identity: made, restored, held, forgotten. It is held in this worker's memory; the browser keeps it as a
 * key that can be used and never read out. Its text exists only while a backup of it is made or opened.
 */
import { type Identity, newIdentity, recipientOf, toStoredKey } from "../core/age.ts";
import type { Bytes } from "../core/bytes.ts";
import { cancelled, MendrecError } from "../core/errors.ts";
import {
  backupWithPassphrase,
  backupWithWallet,
  restoreWithPassphrase,
  restoreWithWallet,
} from "../core/identityBackup.ts";
import type { Address } from "../core/ids.ts";
import type { KeptIdentity, LazyDatabase } from "./database.ts";
import type { AskSignature } from "./types.ts";

/** What is held. `text` is there from making or restoring until the page is loaded anew: a second backup needs it. */
type Held = {
  readonly account: Address;
  readonly recipient: string;
  readonly identity: Identity;
  readonly text: string | null;
};

export class IdentityKeeper {
  readonly #database: LazyDatabase;
  #held: Held | null = null;
  /** The same person's identities of before, by recipient: what was sealed for them opens with nothing else. */
  readonly #older = new Map<string, Identity>();
  /** Raised by each locking: what was begun before it is not held after it. */
  #turn = 0;

  constructor(database: LazyDatabase) {
    this.#database = database;
  }

  /** Whose identity is held. */
  get account(): Address | null {
    return this.#held?.account ?? null;
  }

  get recipient(): string | null {
    return this.#held?.recipient ?? null;
  }

  /** The identity, for somebody. Throws `refused.vault_locked` where none is held, or another person's. */
  identity(account: Address | null = null): Identity {
    const held = this.#held;
    if (held === null || (account !== null && held.account !== account)) {
      throw vaultLocked();
    }
    return held.identity;
  }

  /** Those of before that are here. Throws as {@link identity}. */
  older(account: Address): readonly Identity[] {
    this.identity(account);
    return [...this.#older.values()];
  }

  async create(site: string, account: Address, sign: AskSignature): Promise<{ recipient: string; backup: Bytes }> {
    const turn = this.#turn;
    const text = await newIdentity();
    const backup = await backupWithWallet(text, { account, site, sign });
    return { recipient: await this.#hold(turn, account, text), backup };
  }

  async createWithPassphrase(account: Address, passphrase: string): Promise<{ recipient: string; backup: Bytes }> {
    const turn = this.#turn;
    const text = await newIdentity();
    const backup = await backupWithPassphrase(text, passphrase);
    return { recipient: await this.#hold(turn, account, text), backup };
  }

  async restore(
    backup: Uint8Array,
    site: string,
    account: Address,
    publishedRecipient: string,
    sign: AskSignature,
  ): Promise<void> {
    const turn = this.#turn;
    await this.#hold(turn, account, await restoreWithWallet(backup, { account, site, sign }, publishedRecipient));
  }

  async restoreWithPassphrase(
    backup: Uint8Array,
    passphrase: string,
    account: Address,
    publishedRecipient: string,
  ): Promise<void> {
    const turn = this.#turn;
    await this.#hold(turn, account, await restoreWithPassphrase(backup, passphrase, publishedRecipient));
  }

  /** Takes up one of before beside the one that is held; returns its recipient. Throws `refused.vault_locked`, as `restore`. */
  async restoreOlder(backup: Uint8Array, site: string, account: Address, sign: AskSignature): Promise<string> {
    const turn = this.#turn;
    this.identity(account);
    return await this.#holdOlder(turn, account, await restoreWithWallet(backup, { account, site, sign }, null));
  }

  async restoreOlderWithPassphrase(backup: Uint8Array, passphrase: string, account: Address): Promise<string> {
    const turn = this.#turn;
    this.identity(account);
    return await this.#holdOlder(turn, account, await restoreWithPassphrase(backup, passphrase, null));
  }

  /** Throws `refused.vault_locked`; `refused.key_not_readable` where the browser only kept it unreadable. */
  async backupWithPassphrase(passphrase: string): Promise<Bytes> {
    this.identity();
    const text = this.#held?.text ?? null;
    if (text === null) {
      throw new MendrecError(
        "refused.key_not_readable",
        "This browser keeps your key so that nobody can read it out.",
        {
          remedy: "Unlock with your wallet once more, then make the backup.",
        },
      );
    }
    return backupWithPassphrase(text, passphrase);
  }

  /** Takes up what this browser kept; false where it kept none, another person's, or another one than is published. */
  async resume(account: Address, publishedRecipient: string): Promise<boolean> {
    if (this.#held?.account === account && this.#held.recipient === publishedRecipient) {
      return true;
    }
    const turn = this.#turn;
    const own = await this.#keptOf(account);
    const kept = own.find((one) => one.recipient === publishedRecipient && one.isOlder !== true);
    if (kept === undefined || (await recipientOf(kept.key)) !== publishedRecipient) {
      return false;
    }
    this.#requireSame(turn);
    this.#take({ account, recipient: kept.recipient, identity: kept.key, text: null }, own);
    return true;
  }

  /** Forgets it here and in the browser. */
  async lock(): Promise<void> {
    this.forget();
    await this.#database.clear("identities");
  }

  /** Forgets it here only: another tab has locked. What is being made or restored throws `cancelled`. */
  forget(): void {
    this.#turn += 1;
    this.#held = null;
    this.#older.clear();
  }

  async #hold(turn: number, account: Address, text: string): Promise<string> {
    const { recipient, identity } = await this.#keep(turn, account, text);
    const own = await this.#keptOf(account).catch(() => []);
    this.#requireSame(turn);
    this.#take({ account, recipient, identity, text }, own);
    return recipient;
  }

  async #holdOlder(turn: number, account: Address, text: string): Promise<string> {
    const current = await recipientOf(text);
    if (current === this.#held?.recipient) {
      return current;
    }
    const { recipient, identity } = await this.#keep(turn, account, text, { isOlder: true });
    this.identity(account); // somebody else may have come in while the wallet was asked
    this.#addOlder(recipient, identity);
    return recipient;
  }

  async #keptOf(account: Address): Promise<readonly KeptIdentity[]> {
    const all = await (await this.#database.get()).getAll("identities");
    return all.filter((one) => one.account === account);
  }

  /** The one that was held before is one of before, where it is the same person's; so are the others that the browser kept. */
  #take(held: Held, kept: readonly KeptIdentity[]): void {
    const before = this.#held;
    if (before !== null && before.account !== held.account) {
      this.#older.clear();
    }
    this.#held = held;
    this.#older.delete(held.recipient);
    if (before !== null && before.account === held.account) {
      this.#addOlder(before.recipient, before.identity);
    }
    for (const one of kept) {
      this.#addOlder(one.recipient, one.key);
    }
  }

  #addOlder(recipient: string, identity: Identity): void {
    if (recipient !== this.#held?.recipient) {
      this.#older.set(recipient, identity);
    }
  }

  /** Keeps it in the browser, as far as that goes. Throws `cancelled` where it was locked since `turn`. */
  async #keep(
    turn: number,
    account: Address,
    text: string,
    as: { readonly isOlder?: true } = {},
  ): Promise<{ recipient: string; identity: Identity }> {
    const recipient = await recipientOf(text);
    let identity: Identity = text;
    try {
      const key = await toStoredKey(text);
      identity = key;
      const database = await this.#database.get();
      const there = await database.get("identities", recipient);
      // An older one takes nobody's place, and makes none that counts one that does not.
      if (turn === this.#turn && (as.isOlder === undefined || there === undefined)) {
        await database.put("identities", { recipient, account, key, ...as });
        if (turn !== this.#turn) {
          await database.delete("identities", recipient);
        }
      }
    } catch {
      // A browser without X25519 in WebCrypto, or one that keeps nothing: the wallet is asked again after a reload.
    }
    this.#requireSame(turn);
    return { recipient, identity };
  }

  /** Throws `cancelled` where it was locked since. */
  #requireSame(turn: number): void {
    if (turn !== this.#turn) {
      throw cancelled();
    }
  }
}

function vaultLocked(): MendrecError {
  return new MendrecError("refused.vault_locked", "Your key is locked.", { remedy: "Unlock it with your wallet." });
}
