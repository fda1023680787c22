/** Whether a measured value lies outside of its reference range, by its numbers or by its author's judgement. */
import { codingsOf, field, isOneUnit, listOf, type Quantity, quantityOf } from "./read.ts";

export type Outside = "below" | "above" | "outside";

const JUDGEMENTS: Readonly<Record<string, Outside>> = {
  L: "below",
  LL: "below",
  LU: "below",
  LX: "below",
  H: "above",
  HH: "above",
  HU: "above",
  HX: "above",
  A: "outside",
  AA: "outside",
};

/** @param measured an Observation, or one of its components. The author's judgement counts more than the numbers. */
export function outsideOf(measured: unknown): Outside | null {
  const judgements = listOf(field(measured, "interpretation")).flatMap(codingsOf);
  for (const { code } of judgements) {
    if (Object.hasOwn(JUDGEMENTS, code)) return JUDGEMENTS[code] ?? null;
    if (code === "N") return null;
  }
  const value = quantityOf(field(measured, "valueQuantity"));
  if (value === null || value.comparator !== null) return null;
  const { low, high } = limitsOf(measured, value);
  if (low !== null && value.value < low) return "below";
  return high !== null && value.value > high ? "above" : null;
}

/** The limits that a value can be compared with: of its only range, and in its own unit. */
export function limitsOf(
  measured: unknown,
  value: Quantity,
): { readonly low: number | null; readonly high: number | null } {
  // Several ranges are for several kinds of people: which one holds is not for a program to say.
  const [range, ...others] = listOf(field(measured, "referenceRange"));
  if (others.length > 0) return { low: null, high: null };
  return { low: limit(range, "low", value), high: limit(range, "high", value) };
}

/** A limit in another unit is no limit, and one that says "less than" is none to compare with; one without a unit has the value's. */
function limit(range: unknown, side: "low" | "high", value: Quantity): number | null {
  const found = quantityOf(field(range, side));
  if (found === null || found.comparator !== null) return null;
  return found.unit === "" || isOneUnit(found, value) ? found.value : null;
}
