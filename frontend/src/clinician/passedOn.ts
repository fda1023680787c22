/** What a clinician passed on of patients' records, and what still comes of it. */
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import type { Address } from "../node/types.ts";
import { type HeldShare, sharesOf } from "./held.ts";

export type PassedOn = {
  readonly patient: Address;
  readonly grantee: Address;
  /** What holds or will hold, ending soonest first; never empty. */
  readonly open: readonly HeldShare[];
};

/** By patient, then by whom it was passed on to. What nothing comes of any more is left out: it ended with one's own access. */
export function gatherPassedOn(consents: readonly ConsentAnswered[]): readonly PassedOn[] {
  const byPair = new Map<string, ConsentAnswered[]>();
  for (const consent of consents) {
    const pair = `${consent.patient} ${consent.grantee}`;
    byPair.set(pair, [...(byPair.get(pair) ?? []), consent]);
  }
  return [...byPair.values()].flatMap((blocks) => {
    const open = sharesOf(blocks).filter(({ state }) => state !== "ended");
    const [first] = blocks;
    if (first === undefined || open.length === 0) return [];
    return [{ patient: first.patient as Address, grantee: first.grantee as Address, open }];
  });
}
