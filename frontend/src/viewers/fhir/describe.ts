/** A FHIR resource as what a person reads: a title, a state, the value, facts, tables and files. Total: no shape makes it throw. */
import { nameOfCodes } from "../../i18n/clinical.ts";
import { withNamed } from "../text/hidden.ts";
import type { Context } from "./context.ts";
import { dateText } from "./dates.ts";
import { type Embedded, embeddedIn } from "./embedded.ts";
import { baseName, codeWord, labelOf, typeName } from "./labels.ts";
import { type Outside, outsideOf } from "./outside.ts";
import { codingsOf, field, type JsonObject, listOf, objectOf, textOf } from "./read.ts";
import { referenceTitle } from "./references.ts";
import { type TableOf, tableOf } from "./tables.ts";
import { codeNames, type Line, nameText, valueLines, valueText } from "./values.ts";

export type Fact = { readonly key: string; readonly label: string; readonly lines: readonly Line[] };

export type View = {
  readonly type: string;
  /** "Measurement" */
  readonly typeName: string;
  readonly title: string;
  readonly date: string | null;
  readonly status: { readonly text: string; readonly tone: "good" | "caution" | "bad" | "neutral" } | null;
  /** What was measured, to be seen first. */
  readonly value: { readonly text: string; readonly outside: Outside | null } | null;
  readonly facts: readonly Fact[];
  readonly tables: readonly TableOf[];
  readonly embedded: readonly Embedded[];
  readonly warnings: readonly ("enteredInError" | "doNotPerform" | "modified")[];
  /** Whether something is told by the tree of everything alone. */
  readonly hasMore: boolean;
};

/** Said elsewhere, or to machines. */
const SILENT = new Set([
  "resourceType",
  "id",
  "meta",
  "text",
  "implicitRules",
  "language",
  "contained",
  "extension",
  "modifierExtension",
  "entry",
]);
/** What comes first; the rest follows in the order of the file. */
const FIRST = [
  "code",
  "category",
  "clinicalStatus",
  "verificationStatus",
  "intent",
  "gender",
  "birthDate",
  "value",
  "interpretation",
  "referenceRange",
  "effective",
  "performed",
  "occurrence",
  "onset",
  "abatement",
  "period",
  "authoredOn",
  "date",
  "issued",
  "dosageInstruction",
  "dosage",
  "conclusion",
  "result",
];
const TITLES = ["code", "vaccineCode", "medication", "type", "title", "description", "category", "class", "modality"];
const DATES = [
  "effectiveDateTime",
  "effectivePeriod",
  "occurrenceDateTime",
  "performedDateTime",
  "performedPeriod",
  "started",
  "onsetDateTime",
  "authoredOn",
  "period",
  "billablePeriod",
  "recordedDate",
  "date",
  "created",
  "issued",
];
/** A resource has some dozens; what has more is for the tree. */
const ELEMENTS_MAX = 300;
const GOOD = new Set(["final", "completed", "finished", "active", "amended", "corrected", "current", "resolved"]);
const BAD = new Set(["entered-in-error"]);
const NEUTRAL = new Set(["inactive", "stopped", "cancelled", "unknown", "draft"]);

export function describe(resource: JsonObject, context: Context): View {
  const type = textOf(field(resource, "resourceType")) ?? "";
  const { facts, tables, hasMore } = partsOf(resource, type, context);
  return {
    type,
    typeName: typeName(type, context.t),
    title: titleOf(resource, context),
    date: dateOf(resource, context),
    status: statusOf(resource, context),
    value: measuredValue(resource, type, context),
    facts,
    tables,
    embedded: embeddedIn(resource),
    warnings: warningsOf(resource),
    hasMore: hasMore || ["contained", "extension", "modifierExtension"].some((one) => Object.hasOwn(resource, one)),
  };
}

function partsOf(resource: JsonObject, type: string, context: Context) {
  const facts: Fact[] = [];
  const tables: TableOf[] = [];
  const keys = Object.keys(resource);
  let hasMore = keys.length > ELEMENTS_MAX;
  for (const key of inOrder(keys).slice(0, ELEMENTS_MAX)) {
    const value = resource[key];
    // A primitive's extensions stand beside it, under its name with a `_`.
    if (SILENT.has(key) || key === "status" || (type === "Observation" && baseName(key) === "value")) continue;
    const lines = key.startsWith("_") ? null : valueLines(value, key, context, resource);
    if (lines !== null) {
      const codes = key === "code" || key === "vaccineCode" ? codeNames(value, context) : [];
      const all = [...lines, ...codes.filter((one) => !lines.includes(one))];
      if (all.length > 0) add(facts, { key, label: labelOf(key, context.t), lines: all });
      continue;
    }
    const table = tableOf(value, key, context);
    if (table !== null) tables.push(table);
    hasMore ||= table === null || !table.isWhole;
  }
  return { facts, tables, hasMore };
}

/** Elements of one name (an onset's date and its age) are one fact. */
function add(facts: Fact[], fact: Fact): void {
  const at = facts.findIndex((one) => one.label === fact.label);
  const same = facts[at];
  if (same === undefined) facts.push(fact);
  else facts[at] = { ...same, lines: [...same.lines, ...fact.lines] };
}

function inOrder(keys: readonly string[]): readonly string[] {
  const rank = (key: string) => {
    const at = FIRST.indexOf(baseName(key));
    return at === -1 ? FIRST.length : at;
  };
  return [...keys].sort((a, b) => rank(a) - rank(b));
}

export function titleOf(resource: unknown, context: Context): string {
  const type = textOf(field(resource, "resourceType")) ?? "";
  const name = field(resource, "name");
  const person = objectOf(listOf(name)[0]);
  if (type === "Bundle") return typeName(type, context.t);
  const named = person === null ? textOf(name) : nameText(person);
  if (named !== null) return named;
  for (const title of TITLES) {
    const found = Object.entries(objectOf(resource) ?? {}).find(([key]) => baseName(key) === title);
    if (found === undefined) continue;
    const [key, value] = found;
    const one = Array.isArray(value) ? value[0] : value;
    const text = typeof one === "string" ? one : titleText(one, key, context);
    if (text !== null && text.trim() !== "") return text;
  }
  return typeName(type, context.t);
}

function titleText(value: unknown, key: string, context: Context): string | null {
  const object = objectOf(value);
  if (object !== null && textOf(object.reference) !== null) return referenceTitle(object, context);
  return nameOfCodes(context.t, codingsOf(value)) ?? valueText(value, key, context);
}

export function dateOf(resource: unknown, context: Context): string | null {
  for (const key of DATES) {
    const value = field(resource, key);
    const text = dateText(value, context) ?? dateText(field(value, "start"), context);
    if (text !== null) return text;
  }
  return null;
}

function statusOf(resource: JsonObject, context: Context): View["status"] {
  const code = textOf(field(resource, "status"));
  if (code === null) return null;
  const tone = BAD.has(code) ? "bad" : GOOD.has(code) ? "good" : NEUTRAL.has(code) ? "neutral" : "caution";
  return { text: codeWord("status", code, context.t) ?? withNamed(code), tone };
}

function measuredValue(resource: JsonObject, type: string, context: Context): View["value"] {
  if (type !== "Observation") return null;
  const found = Object.entries(resource).find(([key]) => baseName(key) === "value");
  if (found === undefined) return null;
  const text = valueText(found[1], found[0], context, resource);
  return text === null ? null : { text, outside: outsideOf(resource) };
}

function warningsOf(resource: JsonObject): View["warnings"] {
  const verification = listOf(field(field(resource, "verificationStatus"), "coding")).map((one) => field(one, "code"));
  const isWrong = field(resource, "status") === "entered-in-error" || verification.includes("entered-in-error");
  return [
    ...(isWrong ? (["enteredInError"] as const) : []),
    ...(field(resource, "doNotPerform") === true ? (["doNotPerform"] as const) : []),
    ...(Object.hasOwn(resource, "modifierExtension") ? (["modified"] as const) : []),
  ];
}
