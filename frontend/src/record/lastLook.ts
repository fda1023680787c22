/**
 * When a record was last looked at in this browser, so that what is new since can be told. Kept until signing out: whose
 * records somebody looks at is nobody's business who uses the browser after them.
 */
import { keeping } from "../node/keeping.ts";
import type { Address } from "../node/types.ts";

const KEPT_UNDER = "mendrec.looks";

const kept = keeping();
/** Of this visit: what was new when the page was opened stays new until it is loaded again. */
const ofThisVisit = new Map<string, number | null>();

/** Unix seconds; null on the first look. Notes that a look is taken now. */
export function lastLook(account: Address, patient: Address, now: number): number | null {
  const key = `${account}.${patient}`;
  const before = ofThisVisit.get(key);
  if (before !== undefined) return before;
  const looks = keptLooks();
  const found = looks.get(key) ?? null;
  ofThisVisit.set(key, found);
  kept.write(KEPT_UNDER, JSON.stringify([...looks.set(key, Math.floor(now))]));
  return found;
}

export function forgetLooks(): void {
  ofThisVisit.clear();
  kept.remove(KEPT_UNDER);
}

/** Account and patient → when. */
function keptLooks(): Map<string, number> {
  try {
    const told: unknown = JSON.parse(kept.read(KEPT_UNDER) ?? "[]");
    return new Map((Array.isArray(told) ? told : []).filter(isLook));
  } catch {
    return new Map();
  }
}

function isLook(one: unknown): one is [string, number] {
  return Array.isArray(one) && typeof one[0] === "string" && Number.isSafeInteger(one[1]);
}
