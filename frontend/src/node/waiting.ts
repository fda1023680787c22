/** How long to pause between two looks at something that the node is working on. */
import { cancelled, isCode } from "../core/errors.ts";
import { pause } from "../core/waiting.ts";

const FIRST_MS = 100;
const LONGEST_MS = 1_000;
const LONGEST_RETRY_MS = 10_000;

/** Pauses (ms) that grow to a second and end with `totalMs`: soon done is soon seen, and nobody is pestered. */
export function* pausesMs(totalMs: number): Generator<number, undefined> {
  let pause = FIRST_MS;
  for (let waited = 0; waited < totalMs; ) {
    pause = Math.min(pause, LONGEST_MS, totalMs - waited);
    yield pause;
    waited += pause;
    pause *= 1.5;
  }
}

/** What comes first: the promise, or the signal, which throws `cancelled`. What the promise becomes then is ignored. */
export async function orCancelled<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) {
    return await promise;
  }
  if (signal.aborted) {
    promise.catch(() => undefined);
    throw cancelled();
  }
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(cancelled());
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

const AGAIN_MS = [500, 1_000, 2_000, 4_000];

/** Asks again, a few times, while the node can't be reached. For what may be asked twice: reads, and idempotent requests. */
export async function patiently<T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (const waitMs of AGAIN_MS) {
    try {
      return await ask();
    } catch (error) {
      const isPassing =
        isCode(error, "unavailable") || isCode(error, "offline") || isCode(error, "refused.too_many_requests");
      if (!isPassing) {
        throw error;
      }
      const told = error.details.retry_after_s;
      await pause(typeof told === "number" ? Math.min(told * 1000, LONGEST_RETRY_MS) : waitMs, signal);
    }
  }
  return await ask();
}
