/** Listings of one record for different purposes, as one: what was shown for one purpose stays when another is chosen. */
import type { ListedRecord } from "../node/types.ts";
import { entryKey } from "./recordIndex.ts";

/** The newest listing says which entries there are; titles that it lacks are those of the listing before. */
export function mergeListings(
  newest: readonly ListedRecord[],
  before: readonly ListedRecord[],
): readonly ListedRecord[] {
  const known = new Map(
    before.filter((one) => one.descriptor !== null || one.private).map((one) => [entryKey(one), one]),
  );
  return newest.map((one) => {
    const was = one.descriptor === null ? known.get(entryKey(one)) : undefined;
    if (was === undefined || was.manifestDigestHex !== one.manifestDigestHex) return one;
    return {
      ...one,
      descriptor: was.descriptor,
      sizeBytes: was.sizeBytes,
      private: was.private,
      refusal: one.refusal ?? (was.private ? was.refusal : null),
    };
  });
}

/** Whether there are entries of these categories whose titles nobody was asked for yet. */
export function hasUnasked(records: readonly ListedRecord[], codes: readonly string[]): boolean {
  return records.some(
    ({ descriptor, refusal, categoryCode }) => descriptor === null && refusal === null && codes.includes(categoryCode),
  );
}
