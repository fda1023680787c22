/** Whether a measured value lies outside of its reference range, by its numbers or by its author's judgement. */
import { codingsOf, field, listOf, numberOf, quantityOf } from "./read.ts";

export type Outside = "below" | "above" | "outside";

const JUDGEMENTS: Readonly<Record<string, Outside>> = {
  L: "below",
  LL: "below",
  H: "above",
  HH: "above",
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
  // Several ranges are for several kinds of people: which one holds is not for a program to say.
  const [range, ...others] = listOf(field(measured, "referenceRange"));
  if (value === null || value.comparator !== null || others.length > 0) return null;
  const low = limit(range, "low", value.unit);
  const high = limit(range, "high", value.unit);
  if (low !== null && value.value < low) return "below";
  return high !== null && value.value > high ? "above" : null;
}

/** A limit in another unit is no limit. */
function limit(range: unknown, side: "low" | "high", unit: string): number | null {
  const quantity = quantityOf(field(range, side));
  return quantity === null || (quantity.unit !== "" && quantity.unit !== unit) ? null : numberOf(quantity.value);
}
