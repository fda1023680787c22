/**
 * The newest version that this browser has seen of each thing that a person sealed to oneself, so that a node can't give back
 * an older one. It outlives the key being forgotten: else a node would only have to wait until somebody signs out.
 */
import type { Address } from "../core/ids.ts";
import { olderThanSeen } from "../core/olderThanSeen.ts";
import type { SelfPlace } from "../core/sealedToOneself.ts";
import type { LazyDatabase, SeenInSafe } from "./database.ts";

export class NewestSeen {
  readonly #database: LazyDatabase;
  /** For a browser that keeps nothing: it lasts as long as the page does. */
  readonly #memory = new Map<string, SeenInSafe>();

  constructor(database: LazyDatabase) {
    this.#database = database;
  }

  /** 0 where nothing was seen. */
  async version(account: Address, slot: string): Promise<number> {
    const key = keyOf(account, slot);
    const inMemory = this.#memory.get(key.join(" "));
    try {
      const kept = await (await this.#database.get()).get("newest", key);
      return Math.max(kept?.version ?? 0, inMemory?.version ?? 0);
    } catch {
      return inMemory?.version ?? 0;
    }
  }

  /**
   * Notes what was opened; an older one leaves the newer one noted. Throws `verification.sealed_to_oneself_older` where
   * another one of the same version was seen: a slot holds one of each.
   */
  async note({ account, slot, version }: SelfPlace, tagHex: string): Promise<void> {
    const key = keyOf(account, slot);
    const seen = { version, tagHex };
    let before: SeenInSafe | undefined;
    try {
      // One transaction: another tab may be noting a newer one.
      const transaction = (await this.#database.get()).transaction("newest", "readwrite");
      before = await transaction.store.get(key);
      if (before === undefined || before.version < version) {
        await transaction.store.put(seen, key);
      }
      await transaction.done;
    } catch {
      before = this.#memory.get(key.join(" "));
      if (before === undefined || before.version < version) {
        this.#memory.set(key.join(" "), seen);
      }
    }
    if (before?.version === version && before.tagHex !== tagHex) {
      throw olderThanSeen();
    }
  }
}

function keyOf(account: Address, slot: string): [string, string] {
  return [account.toLowerCase(), slot];
}
