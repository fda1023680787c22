/**
 * Lets messages in, such as one that cancels: promises that are fulfilled already never give the event loop a turn. Made
 * once for each long work; called as often as one likes.
 */
export function breathing(everyMs = 25): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last >= everyMs) {
      await new Promise<void>((resolve) => setTimeout(resolve, 0));
      last = performance.now();
    }
  };
}
