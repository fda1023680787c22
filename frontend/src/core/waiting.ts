/** Waiting that whoever stops does not wait for. */
import { cancelled } from "./errors.ts";

/** Waits. Throws `cancelled` as soon as `signal` says so. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) {
    throw cancelled();
  }
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(cancelled());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * What is asked for, if it comes in time: who never answers holds nobody up.
 *
 * Throws `cancelled` as soon as `signal` says so; a `TimeoutError` that says `late`; what `ask` throws.
 */
export function inTime<T>(
  { milliseconds, late }: { readonly milliseconds: number; readonly late: string },
  ask: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(cancelled());
    if (signal?.aborted) {
      stop();
      return;
    }
    const timer = setTimeout(() => reject(new DOMException(late, "TimeoutError")), milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
    ask()
      .then(resolve, reject)
      .finally(() => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
      });
  });
}
