/** Telling the page how far a long call is: not more often than the eye follows, and also where the node has it wait. */
import type { Progress } from "../node/types.ts";
import type { NodeHttp } from "./nodeHttp.ts";

type Told = (progress: Progress) => void;

const CALM_MS = 50;

/**
 * Runs `work`, which reports to what it is given. While the node has asked to be left alone, the step is told with the
 * seconds that it asked for; then again as before.
 */
export async function telling<T>(http: NodeHttp, onProgress: Told, work: (told: Told) => Promise<T>): Promise<T> {
  const tell = calmly(onProgress);
  let last: Progress | null = null;
  const stop = http.onQuiet((seconds) => {
    if (seconds > 0) {
      tell({ step: last?.step ?? "", done: 0, total: seconds, unit: "seconds" });
    } else if (last !== null) {
      tell(last);
    }
  });
  try {
    return await work((progress) => {
      last = progress;
      tell(progress);
    });
  } finally {
    stop();
  }
}

/** Passes on each new step, and of one step no more than the eye follows: each report crosses to the page. */
function calmly(onProgress: Told): Told {
  let before: Progress | null = null;
  let at = 0;
  return (progress) => {
    const now = Date.now();
    const isNew = progress.step !== before?.step || progress.unit !== before.unit;
    if (isNew || progress.done === progress.total || now - at >= CALM_MS) {
      before = progress;
      at = now;
      onProgress(progress);
    }
  };
}

/**
 * Runs `work`, and answers when all that it told was heard: what is told crosses to the page on a wire of its own, and the
 * answer would overtake it. Who hears nothing more (a page that has stopped listening throws) stops no work.
 */
export async function heard<S, T>(
  tell: (told: S) => unknown,
  work: (tell: (told: S) => void) => Promise<T>,
): Promise<T> {
  const crossing: Promise<unknown>[] = [];
  try {
    return await work((told) => {
      const heardNow = async () => tell(told);
      crossing.push(heardNow().catch(() => undefined));
    });
  } finally {
    await Promise.all(crossing);
  }
}
