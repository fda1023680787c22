/**
 * FHIR's data types in words. A value is told by its shape; one that has a part which is not known is null, and the viewer shows
 * it in the tree of everything, so that nothing is dropped in silence.
 */
import { nameOfCodes } from "../../i18n/clinical.ts";
import type { FoundEntry } from "../types.ts";
import type { Context } from "./context.ts";
import { dateText } from "./dates.ts";
import { dosageText, timingText } from "./dosage.ts";
import { codeWord } from "./labels.ts";
import {
  codingsOf,
  conceptText,
  field,
  type JsonObject,
  listOf,
  numberOf,
  objectOf,
  quantityOf,
  textOf,
} from "./read.ts";
import { entryOf, referenceText } from "./references.ts";

/** Longer lists are for the tree. */
const LINES_MAX = 60;
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/^https?:\/\/loinc\.org/, "LOINC"],
  [/^https?:\/\/snomed\.info\/sct/, "SNOMED CT"],
  [/rxnorm/i, "RxNorm"],
  [/icd-10|icd10/i, "ICD-10"],
  [/kcd/i, "KCD"],
  [/cvx$/i, "CVX"],
  [/whocc\.no\/atc/, "ATC"],
  [/ndc/i, "NDC"],
];

/** Words, with the entry that they lead to where they are a reference to one. */
export type Line = string | { readonly text: string; readonly entry: FoundEntry };

/** @param key the element's name: some codes mean something by it alone. */
export function valueLines(value: unknown, key: string, context: Context, holder?: object): readonly Line[] | null {
  if (Array.isArray(value)) return listLines(value, key, context);
  const line = valueLine(value, key, context, holder);
  return line === null ? null : line === "" ? [] : [line];
}

function listLines(values: readonly unknown[], key: string, context: Context): readonly Line[] | null {
  if (values.length > LINES_MAX) return null;
  const lines: Line[] = [];
  for (const one of values) {
    const line = Array.isArray(one) ? null : valueLine(one, key, context);
    if (line === null) return null;
    if (line !== "") lines.push(line);
  }
  return lines;
}

function valueLine(value: unknown, key: string, context: Context, holder?: object): Line | null {
  const text = valueText(value, key, context, holder);
  const entry = text === null || text === "" ? null : entryOf(value, context);
  return text === null || entry === null ? text : { text, entry };
}

export function valueText(value: unknown, key: string, context: Context, holder?: object): string | null {
  switch (typeof value) {
    case "string":
      return codeWord(key, value, context.t) ?? dateText(value, context) ?? value;
    case "number":
      return numberText(value, context, holder === undefined ? null : context.spelling(holder, key));
    case "boolean":
      return value ? context.t.yes : context.t.no;
    default: {
      const object = objectOf(value);
      return object === null ? null : objectText(object, key, context);
    }
  }
}

/** As it was written where that says more (1.50), else by the language. */
export function numberText(value: number, context: Context, spelling: string | null): string {
  const decimals = /^-?\d+\.(\d+)$/.exec(spelling ?? "")?.[1]?.length;
  if (decimals === undefined || decimals > 15 || Math.abs(value) >= 1e12) return context.number(value);
  return new Intl.NumberFormat(context.locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value);
}

function objectText(object: JsonObject, key: string, context: Context): string | null {
  const shape = SHAPES.find(
    ({ known, needs }) => onlyHas(object, known) && needs.some((one) => Object.hasOwn(object, one)),
  );
  return shape?.text(object, context, key) ?? null;
}

/** `id` and extensions may stand anywhere, and do not change what the rest means. */
function onlyHas(object: JsonObject, known: readonly string[]): boolean {
  return Object.keys(object).every((one) => known.includes(one) || one === "id" || one === "extension");
}

type Shape = {
  readonly known: readonly string[];
  readonly needs: readonly string[];
  readonly text: (object: JsonObject, context: Context, key: string) => string | null;
};

const SHAPES: readonly Shape[] = [
  { known: ["coding", "text"], needs: ["coding", "text"], text: conceptWords },
  { known: ["value", "unit", "system", "code", "comparator"], needs: ["value"], text: quantityOrContact },
  { known: ["system", "version", "code", "display", "userSelected"], needs: ["code", "display"], text: codingWords },
  { known: ["value", "currency"], needs: ["currency"], text: moneyText },
  { known: ["start", "end"], needs: ["start", "end"], text: periodText },
  { known: ["low", "high"], needs: ["low", "high"], text: rangeText },
  { known: ["low", "high", "type", "appliesTo", "age", "text"], needs: ["low", "high", "text"], text: rangeText },
  { known: ["numerator", "denominator"], needs: ["numerator", "denominator"], text: ratioText },
  {
    known: ["reference", "type", "identifier", "display"],
    needs: ["reference", "display", "identifier"],
    text: referenceText,
  },
  {
    known: ["use", "text", "family", "given", "prefix", "suffix", "period"],
    needs: ["text", "family", "given"],
    text: nameText,
  },
  {
    known: ["use", "type", "text", "line", "city", "district", "state", "postalCode", "country", "period"],
    needs: ["text", "line", "city", "state", "postalCode", "country"],
    text: addressText,
  },
  { known: ["system", "value", "use", "rank", "period"], needs: ["value"], text: contactText },
  { known: ["use", "type", "system", "value", "period", "assigner"], needs: ["value"], text: identifierText },
  { known: ["text", "authorString", "authorReference", "time"], needs: ["text"], text: noteText },
  {
    known: ["contentType", "language", "data", "url", "size", "hash", "title", "creation"],
    needs: ["contentType", "url", "data", "title"],
    text: attachmentText,
  },
  { known: ["event", "repeat", "code"], needs: ["repeat", "code", "event"], text: timingText },
  {
    known: [
      "sequence",
      "text",
      "additionalInstruction",
      "patientInstruction",
      "timing",
      "asNeededBoolean",
      "asNeededCodeableConcept",
      "site",
      "route",
      "method",
      "doseAndRate",
      "maxDosePerPeriod",
    ],
    needs: ["text", "timing", "doseAndRate", "route", "patientInstruction"],
    text: dosageText,
  },
];

function conceptWords(concept: JsonObject, context: Context, key: string): string | null {
  const codings = codingsOf(concept);
  for (const { code } of codings) {
    const word = codeWord(key, code, context.t);
    if (word !== null && textOf(concept.text) === null) return word;
  }
  const name = nameOfCodes(context.t, codings);
  const words = conceptText(concept);
  const [bare] = codings;
  // A code alone says nothing without the name of its system.
  if (words !== null && bare !== undefined && words === bare.code) {
    return name ?? codeName(bare.system, bare.code, context);
  }
  return named(name, words);
}

/** Our own name for a concept, and its author's words where they are others: those are never left out. */
function named(name: string | null, words: string | null): string | null {
  const isSame = name === null || words === null || name.toLowerCase() === words.trim().toLowerCase();
  return isSame ? (name ?? words) : `${name} · ${words}`;
}

function codingWords(coding: JsonObject, context: Context, key: string): string | null {
  const code = textOf(coding.code);
  const word = code === null ? null : codeWord(key, code, context.t);
  const display = textOf(coding.display);
  const name = code === null ? null : nameOfCodes(context.t, [{ system: textOf(coding.system), code }]);
  return word ?? named(name, display) ?? (code === null ? null : codeName(textOf(coding.system), code, context));
}

/** "LOINC 4548-4" */
export function codeName(system: string | null, code: string, context: Context): string {
  const known = SYSTEMS.find(([pattern]) => pattern.test(system ?? ""))?.[1];
  return known === undefined ? code : context.t.systemCode({ system: known, code });
}

/** The names of the codes of a concept, those of which the system is known. */
export function codeNames(concept: unknown, context: Context): readonly string[] {
  return codingsOf(concept)
    .filter(({ system }) => SYSTEMS.some(([pattern]) => pattern.test(system ?? "")))
    .map(({ system, code }) => codeName(system, code, context));
}

function quantityOrContact(object: JsonObject, context: Context): string | null {
  return typeof object.value === "number" ? quantityText(object, context) : textOf(object.value);
}

export function quantityText(value: unknown, context: Context): string | null {
  const quantity = quantityOf(value);
  const holder = objectOf(value);
  if (quantity === null || holder === null) return null;
  const number = numberText(quantity.value, context, context.spelling(holder, "value"));
  const tight = quantity.unit === "%" || quantity.unit === "°C";
  return `${quantity.comparator ?? ""}${number}${tight || quantity.unit === "" ? "" : " "}${quantity.unit}`;
}

function moneyText(money: JsonObject, context: Context): string | null {
  const value = numberOf(money.value);
  const currency = textOf(money.currency);
  if (value === null || currency === null) return null;
  // Intl throws for what is not three letters.
  return /^[A-Z]{3}$/.test(currency)
    ? new Intl.NumberFormat(context.locale, { style: "currency", currency }).format(value)
    : `${context.number(value)} ${currency}`;
}

export function periodText(period: unknown, context: Context): string | null {
  const from = dateText(field(period, "start"), context);
  const to = dateText(field(period, "end"), context);
  if (from !== null && to !== null) return from === to ? from : context.t.fromTo({ from, to });
  if (from !== null) return context.t.since({ from });
  return to === null ? null : context.t.until({ to });
}

export function rangeText(range: JsonObject, context: Context): string | null {
  const low = quantityText(range.low, context);
  const high = quantityText(range.high, context);
  if (low !== null && high !== null) {
    const unit = quantityOf(range.low)?.unit ?? "";
    const isWrittenOnce = unit !== "" && unit === quantityOf(range.high)?.unit;
    return `${isWrittenOnce ? low.slice(0, -unit.length).trim() : low} – ${high}`;
  }
  if (low !== null) return context.t.atLeast({ low });
  return high !== null ? context.t.atMost({ high }) : textOf(range.text);
}

function ratioText(ratio: JsonObject, context: Context): string | null {
  const over = quantityText(ratio.numerator, context);
  const under = quantityText(ratio.denominator, context);
  return over === null || under === null ? (over ?? under) : `${over} / ${under}`;
}

/** The name that a person is called by, in the order of its language. */
export function nameText(name: JsonObject): string | null {
  const whole = textOf(name.text);
  if (whole !== null) return whole;
  const [prefix, given, suffix] = ["prefix", "given", "suffix"].map((one) =>
    listOf(name[one]).flatMap((x) => textOf(x) ?? []),
  );
  const family = textOf(name.family) ?? "";
  if (/\p{Script=Hangul}|\p{Script=Han}/u.test(family)) return `${family}${given?.join("") ?? ""}` || null;
  return [...(prefix ?? []), ...(given ?? []), family, ...(suffix ?? [])].filter((one) => one !== "").join(" ") || null;
}

function addressText(address: JsonObject): string | null {
  const lines = listOf(address.line).flatMap((one) => textOf(one) ?? []);
  const rest = ["city", "district", "state", "postalCode", "country"].flatMap((one) => textOf(address[one]) ?? []);
  return textOf(address.text) ?? ([...lines, ...rest].join(", ") || null);
}

function contactText(contact: JsonObject): string | null {
  return textOf(contact.value);
}

function identifierText(identifier: JsonObject, context: Context): string | null {
  const value = textOf(identifier.value);
  const type = conceptText(identifier.type);
  return value === null || type === null ? value : context.t.systemCode({ system: `${type}:`, code: value });
}

function noteText(note: JsonObject, context: Context): string | null {
  const text = textOf(note.text);
  if (text === null) return null;
  const author = textOf(note.authorString) ?? textOf(field(note.authorReference, "display"));
  const by = [author, dateText(note.time, context)].filter((one) => one !== null).join(", ");
  return by === "" ? text : context.t.noteBy({ text, by });
}

/** An address is shown as words and never followed. */
function attachmentText(attachment: JsonObject, context: Context): string | null {
  const size = numberOf(attachment.size);
  const parts = [
    textOf(attachment.title),
    textOf(attachment.contentType),
    size === null ? null : context.bytes(size),
    dateText(attachment.creation, context),
    textOf(attachment.url),
  ];
  return parts.filter((one) => one !== null).join(" · ") || context.t.embeddedFile;
}
