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
import type { LazyDatabase } from "./database.ts";
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
    const kept = await (await this.#database.get()).get("identities", publishedRecipient);
    if (kept?.account !== account || (await recipientOf(kept.key)) !== publishedRecipient) {
      return false;
    }
    this.#requireSame(turn);
    this.#held = { account, recipient: kept.recipient, identity: kept.key, text: null };
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
  }

  async #hold(turn: number, account: Address, text: string): Promise<string> {
    const recipient = await recipientOf(text);
    let identity: Identity = text;
    try {
      const key = await toStoredKey(text);
      identity = key;
      const database = await this.#database.get();
      if (turn === this.#turn) {
        await database.put("identities", { recipient, account, key });
        if (turn !== this.#turn) {
          await database.delete("identities", recipient);
        }
      }
    } catch {
      // A browser without X25519 in WebCrypto, or one that keeps nothing: the wallet is asked again after a reload.
    }
    this.#requireSame(turn);
    this.#held = { account, recipient, identity, text };
    return recipient;
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
