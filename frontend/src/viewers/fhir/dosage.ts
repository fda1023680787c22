/** How a medicine is taken, in words. */
import type { Context } from "./context.ts";
import { dateText } from "./dates.ts";
import { conceptText, field, type JsonObject, listOf, numberOf, objectOf, textOf } from "./read.ts";
import { periodText, quantityText, rangeText } from "./values.ts";

export function dosageText(dosage: JsonObject, context: Context): string | null {
  const instructions = [...listOf(dosage.additionalInstruction).map(conceptText), textOf(dosage.patientInstruction)];
  const reason = conceptText(dosage.asNeededCodeableConcept);
  const asNeeded = dosage.asNeededBoolean === true || reason !== null ? context.t.asNeeded : null;
  const most = ratio(dosage.maxDosePerPeriod, context);
  const told = [
    ...listOf(dosage.doseAndRate).map((one) => doseText(one, context)),
    conceptText(dosage.route),
    conceptText(dosage.site),
    conceptText(dosage.method),
    wordsOfTiming(dosage.timing, context),
    asNeeded === null || reason === null ? asNeeded : `${asNeeded} (${reason})`,
    most === null ? null : context.t.maximum({ dose: most }),
  ];
  const whole = textOf(dosage.text);
  const parts = whole === null ? [...told, ...instructions] : [whole, ...instructions];
  return [...new Set(parts.filter((one) => one !== null))].join(", ") || null;
}

function doseText(given: unknown, context: Context): string | null {
  const range = objectOf(field(given, "doseRange"));
  const dose =
    quantityText(field(given, "doseQuantity"), context) ?? (range === null ? null : rangeText(range, context));
  const rate = quantityText(field(given, "rateQuantity"), context) ?? ratio(field(given, "rateRatio"), context);
  return dose !== null && rate !== null ? `${dose}, ${rate}` : (dose ?? rate);
}

function ratio(value: unknown, context: Context): string | null {
  const over = quantityText(field(value, "numerator"), context);
  const under = quantityText(field(value, "denominator"), context);
  return over === null || under === null ? null : `${over} / ${under}`;
}

export function timingText(timing: JsonObject, context: Context): string | null {
  const repeat = timing.repeat;
  const parts = [
    often(repeat, context),
    conceptText(timing.code),
    ...listOf(timing.event).map((one) => dateText(one, context)),
    periodText(field(repeat, "boundsPeriod"), context),
  ];
  return parts.filter((one) => one !== null).join(", ") || null;
}

function wordsOfTiming(value: unknown, context: Context): string | null {
  const timing = objectOf(value);
  return timing === null ? null : timingText(timing, context);
}

/** "2 × per day", "1 × per 8 hours" */
function often(repeat: unknown, context: Context): string | null {
  const period = numberOf(field(repeat, "period"));
  const unit = textOf(field(repeat, "periodUnit"));
  const units: Readonly<Record<string, string>> = context.t.units;
  if (period === null || unit === null || !Object.hasOwn(units, unit)) return null;
  const times = context.number(numberOf(field(repeat, "frequency")) ?? 1);
  const name = units[unit] ?? unit;
  const every = period === 1 && context.locale.startsWith("en") ? name : lengthText(period, unit, name, context);
  return context.t.perPeriod({ times, every });
}

const INTL_UNITS: Readonly<Record<string, string>> = {
  s: "second",
  min: "minute",
  h: "hour",
  d: "day",
  wk: "week",
  mo: "month",
  a: "year",
};

function lengthText(period: number, unit: string, name: string, context: Context): string {
  const known = INTL_UNITS[unit];
  return known === undefined
    ? `${context.number(period)} ${name}`
    : new Intl.NumberFormat(context.locale, { style: "unit", unit: known, unitDisplay: "long" }).format(period);
}
