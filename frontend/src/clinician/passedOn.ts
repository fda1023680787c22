/** What a clinician passed on of patients' records, and what still comes of it. */
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import type { Address } from "../node/types.ts";
import { type HeldShare, sharesOf } from "./held.ts";

export type PassedOn = {
  readonly patient: Address;
  readonly grantee: Address;
  /** What holds, will hold or rests, ending soonest first; never empty. */
  readonly open: readonly HeldShare[];
};

/**
 * By patient, then by whom it was passed on to. What rests now, because one's own access does, is told too: it may hold again, and
 * can be taken back. What is over is left out.
 */
export function gatherPassedOn(consents: readonly ConsentAnswered[], nowS: number): readonly PassedOn[] {
  const byPair = new Map<string, ConsentAnswered[]>();
  for (const consent of consents) {
    const pair = `${consent.patient} ${consent.grantee}`;
    byPair.set(pair, [...(byPair.get(pair) ?? []), consent]);
  }
  return [...byPair.values()].flatMap((blocks) => {
    const open = sharesOf(blocks).filter(
      ({ state, untilAt, rights }) => state !== "ended" || (untilAt > nowS && rights.length > 0),
    );
    const [first] = blocks;
    if (first === undefined || open.length === 0) return [];
    return [{ patient: first.patient as Address, grantee: first.grantee as Address, open }];
  });
}
