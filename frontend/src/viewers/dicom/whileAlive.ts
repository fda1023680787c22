/** Answers of a worker that may stop before it gives them. */

export type Alive = {
  /** The answer; throws what `stop` is given where that comes first. Holds nothing of an answer once it is given. */
  readonly answer: <T>(asked: Promise<T>) => Promise<T>;
  /** Nobody waits any more, and whoever asks from now on hears so at once. */
  readonly stop: (why: Error) => void;
  /** How many answers are waited for. */
  readonly waiting: () => number;
};

/**
 * A race against one promise that says "it stopped" would do the same, but that promise would keep every answer it was raced
 * against, frames of images, for as long as the worker is there.
 */
export function whileAlive(): Alive {
  const waiting = new Set<(why: Error) => void>();
  let stopped: Error | null = null;
  return {
    answer: (asked) =>
      new Promise((resolve, reject) => {
        // What comes of it after it was stopped is nobody's: neither kept, nor an error that nobody heard.
        if (stopped !== null) {
          asked.catch(() => undefined);
          reject(stopped);
          return;
        }
        waiting.add(reject);
        asked.then(resolve, reject).finally(() => waiting.delete(reject));
      }),
    stop: (why) => {
      stopped ??= why;
      for (const reject of waiting) reject(stopped);
      waiting.clear();
    },
    waiting: () => waiting.size,
  };
}
