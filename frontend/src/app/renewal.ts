/**
 * Taking a newer version of the page over. It waits only where an upload runs: else it takes over when a page is gone to, so
 * that what it mends is not put off until somebody closes every tab. What is open is never loaded anew by itself.
 */

/** What is used of the browser; tests give their own. */
export type Surroundings = {
  /** Names of locks that any tab holds; null where the browser does not tell. */
  readonly heldLocks: () => Promise<readonly string[] | null>;
  readonly reload: () => void;
  readonly now: () => number;
};

/** Held by whichever tab works on an upload, and by the page that it belongs to for as long as that is not done. */
const UPLOAD_LOCKS = ["mendrec-upload ", "mendrec-upload-page "];
/** A page that is open for days hears of a newer version by itself. */
const LOOK_EVERY_MS = 10 * 60_000;

type Waiting = { postMessage(message: unknown): void };
type Registered = { update(): Promise<unknown> };

export class Renewal {
  readonly #around: Surroundings;
  readonly #listeners = new Set<() => void>();
  #waiting: Waiting | null = null;
  #registered: Registered | null = null;
  #lookedAt: number;
  #asked = false;
  /** Another tab has let the newer version take over: this one is the older still. */
  #isOlder = false;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#lookedAt = around.now();
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  /** Whether there is a newer version than what is shown. */
  readonly isReady = (): boolean => this.#waiting !== null || this.#isOlder;

  /** Takes it over at once: the page is loaded anew. */
  readonly use = (): void => {
    if (this.#waiting === null) {
      this.#around.reload();
    } else {
      this.#asked = true;
      this.#waiting.postMessage("use");
    }
  };

  registered(registered: Registered): void {
    this.#registered = registered;
  }

  waits(waiting: Waiting): void {
    this.#waiting = waiting;
    this.#tell();
  }

  /** The newer version answers now, for every tab. */
  tookOver(): void {
    this.#waiting = null;
    if (this.#asked) {
      this.#around.reload();
    } else {
      this.#isOlder = true;
      this.#tell();
    }
  }

  /** A page was gone to, or the first one is about to be shown: nothing is open on it that could be lost. */
  async arrived(): Promise<void> {
    if (this.isReady()) {
      if (!(await this.#isUploading())) this.use();
      return;
    }
    const now = this.#around.now();
    if (this.#registered === null || now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    await this.#registered.update().catch(() => undefined); // without a connection there is nothing newer to be had
  }

  /** Where that is not known, somebody may be at it. */
  async #isUploading(): Promise<boolean> {
    const held = await this.#around.heldLocks();
    return held === null || held.some((name) => UPLOAD_LOCKS.some((begin) => name.startsWith(begin)));
  }

  #tell(): void {
    for (const changed of this.#listeners) changed();
  }
}
