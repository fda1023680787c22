/** Entries that can't be had now, and may be in a moment: a store is away, or the node did not answer for them. */
import type { ListedRecord } from "../node/types.ts";

export function isPassing(refusal: NonNullable<ListedRecord["refusal"]>): boolean {
  return refusal.code === "unavailable" || refusal.code.startsWith("unavailable.");
}

export function countPassing(records: readonly ListedRecord[]): number {
  return records.filter(({ refusal }) => refusal !== null && isPassing(refusal)).length;
}
