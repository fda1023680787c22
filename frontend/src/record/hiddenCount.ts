/** What is on a patient's chain and not in the list of who asks. */
import type { ListedRecord } from "../node/types.ts";

type Told = { readonly sequence: number; readonly count: number };

/** Records, not entries: a batch of a hundred counts as a hundred. One that is listed and can't be read now counts as listed. */
export function hiddenCount(entries: readonly Told[], listed: readonly Pick<ListedRecord, "sequence">[]): number {
  const seen = new Set(listed.map((one) => one.sequence));
  return entries.reduce((sum, { sequence, count }) => sum + (seen.has(sequence) ? 0 : Math.max(1, count)), 0);
}
