/** When a record was last looked at in this browser, so that what is new since can be told. A time and nothing else is kept. */
import { keeping } from "../node/keeping.ts";
import type { Address } from "../node/types.ts";

const kept = keeping();
/** Of this visit: what was new when the page was opened stays new until it is loaded again. */
const ofThisVisit = new Map<string, number | null>();

/** Unix seconds; null on the first look. Notes that a look is taken now. */
export function lastLook(account: Address, patient: Address, now: number): number | null {
  const key = `mendrec.look.${account}.${patient}`;
  const before = ofThisVisit.get(key);
  if (before !== undefined) return before;
  const text = kept.read(key);
  const found = text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
  ofThisVisit.set(key, found);
  kept.write(key, String(Math.floor(now)));
  return found;
}
