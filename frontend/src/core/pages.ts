/** Lists that a node gives page by page. */
import { lyingNode } from "./lyingNode.ts";

/** Of one list, 200 items each at most: the longest record has a tenth of them. */
const PAGES_MAX = 2_000;

/**
 * Every page. `ask` takes a cursor (null: the first) and returns a page with the next one's.
 *
 * Throws `verification.node` where the pages lead round in a circle, or come to no end.
 */
export async function* pagesOf<P extends { readonly next_cursor: string | null }>(
  ask: (cursor: string | null) => Promise<P>,
): AsyncGenerator<P> {
  const seen = new Set<string>();
  for (let cursor: string | null = null; ; ) {
    const page: P = await ask(cursor);
    yield page;
    cursor = page.next_cursor;
    if (cursor === null) {
      return;
    }
    if (seen.has(cursor)) {
      throw lyingNode("The node's pages lead round in a circle.");
    }
    seen.add(cursor);
    if (seen.size >= PAGES_MAX) {
      throw lyingNode("The node's list has no end.");
    }
  }
}
