/**
 * Leaving: the key goes from this browser, and the session ends at the node. What could not be done is kept in mind, over a
 * reload and a closed window too, until it is: a page that looks signed out while the browser's cookie lives on would leave
 * everything to whoever sits down next.
 */
import type { Address } from "../node/types.ts";
import type { Doings } from "./doings.ts";

/** What could not be taken away of somebody who left. */
export type Remains = { readonly session: boolean; readonly key: boolean };

export const NOTHING_REMAINS: Remains = { session: false, key: false };

const SESSION_OF = "mendrec.leaving";
const KEY = "mendrec.leaving.key";

type Needed = Pick<Doings, "kept" | "lockVault" | "currentSession" | "signOut">;

export class Departure {
  readonly #doings: Needed;
  /** The marks, where the browser keeps nothing for the site. */
  readonly #here = new Map<string, string>();
  #remains = NOTHING_REMAINS;

  constructor(doings: Needed) {
    this.#doings = doings;
  }

  /** What was tried and did not succeed. */
  get remains(): Remains {
    return this.#remains;
  }

  /** Whether somebody has left of whom something may be here still. */
  get isUnfinished(): boolean {
    return this.#marked(SESSION_OF) !== null || this.#marked(KEY) !== null;
  }

  /** Takes the key away from the browser. Never throws: see {@link remains}. */
  async takeKey(): Promise<void> {
    this.#mark(KEY, "kept");
    const failed = await fails(this.#doings.lockVault);
    if (!failed) this.#unmark(KEY);
    this.#remains = { ...this.#remains, key: failed };
  }

  /** Ends the session that this page holds. Never throws: see {@link remains}. */
  async endSession(account: Address): Promise<void> {
    this.#mark(SESSION_OF, account);
    await this.#end(this.#doings.signOut);
  }

  /** Does what was left undone, by this page or by one that was closed meanwhile. Never throws: see {@link remains}. */
  async complete(): Promise<void> {
    if (this.#marked(KEY) !== null) await this.takeKey();
    const account = this.#marked(SESSION_OF);
    if (account === null) {
      this.#remains = { ...this.#remains, session: false };
      return;
    }
    await this.#end(async () => {
      // Asked first: another person may have signed in since, and theirs is not to be ended.
      if ((await this.#doings.currentSession())?.account === account) await this.#doings.signOut();
    });
  }

  /** Notes a session as one to be ended, before anything of it can fail. */
  noteSession(account: Address): void {
    this.#mark(SESSION_OF, account);
  }

  /** Somebody has signed in: what was to be ended is not the browser's session any more. */
  sessionReplaced(): void {
    this.#unmark(SESSION_OF);
    this.#remains = { ...this.#remains, session: false };
  }

  async #end(work: () => Promise<unknown>): Promise<void> {
    const account = this.#marked(SESSION_OF);
    const failed = await fails(work);
    if (!failed && this.#marked(SESSION_OF) === account) this.#unmark(SESSION_OF);
    this.#remains = { ...this.#remains, session: failed };
  }

  #marked(name: string): string | null {
    try {
      return this.#doings.kept.getItem(name) ?? this.#here.get(name) ?? null;
    } catch {
      return this.#here.get(name) ?? null;
    }
  }

  #mark(name: string, value: string): void {
    try {
      this.#doings.kept.setItem(name, value);
    } catch {
      this.#here.set(name, value);
    }
  }

  #unmark(name: string): void {
    this.#here.delete(name);
    try {
      this.#doings.kept.removeItem(name);
    } catch {
      // Nothing was kept either.
    }
  }
}

async function fails(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch {
    return true;
  }
}
