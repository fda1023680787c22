/**
 * Runs `work` over `items`, at most `width` at a time, and returns the results in the order of the items. The first error
 * is thrown, after what was begun has ended; nothing new is begun after it.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T, position: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  let next = 0;
  let failed = false;
  let failure: unknown;
  const lane = async () => {
    while (!failed && next < items.length) {
      const position = next++;
      try {
        results[position] = await work(items[position] as T, position);
      } catch (thrown) {
        if (!failed) {
          failed = true;
          failure = thrown;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  if (failed) {
    throw failure;
  }
  return results;
}
