/** Long calls by id, so that each can be stopped: a signal does not go through a worker's wire. */
import { cancelled, MendrecError } from "../core/errors.ts";
import { asMendrecError } from "./errorTransfer.ts";

const BY_PERSON = "by_person";
const INTERRUPTED = "interrupted";
/** Ids of jobs that were stopped and are not there: nearly all of them had come to their end when they were stopped. */
const STOPPED_EARLY_MAX = 100;

/** Whether a job was stopped because somebody does not want it any more, and not because the vault was locked. */
export function isGivenUp(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason === BY_PERSON;
}

export class Jobs {
  readonly #running = new Map<string, AbortController>();
  /** Stopped before they began: the two messages may come in either order. */
  readonly #stoppedEarly = new Set<string>();

  /**
   * Runs `work` under an id. Throws MendrecError only; `cancelled` once it was stopped, whatever else went wrong then. What
   * was done all the same is returned.
   */
  async run<T>(id: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running.has(id)) {
      throw new MendrecError("input.job_running", "This is running already.");
    }
    const controller = new AbortController();
    if (this.#stoppedEarly.delete(id)) {
      throw cancelled();
    }
    this.#running.set(id, controller);
    try {
      return await work(controller.signal);
    } catch (thrown) {
      throw controller.signal.aborted ? cancelled() : asMendrecError(thrown);
    } finally {
      this.#running.delete(id);
    }
  }

  /** Stops a job; no error where there is none. */
  cancel(id: string): void {
    const controller = this.#running.get(id);
    if (controller === undefined) {
      this.#stoppedEarly.add(id);
      const [oldest] = this.#stoppedEarly;
      if (this.#stoppedEarly.size > STOPPED_EARLY_MAX && oldest !== undefined) {
        this.#stoppedEarly.delete(oldest);
      }
    } else {
      controller.abort(BY_PERSON);
    }
  }

  /** Stops everything that runs, to be gone on with later. */
  interruptAll(): void {
    for (const controller of this.#running.values()) {
      controller.abort(INTERRUPTED);
    }
  }
}

/** Throws `cancelled` where the job was stopped. */
export function requireNotStopped(signal: AbortSignal): void {
  if (signal.aborted) {
    throw cancelled();
  }
}
