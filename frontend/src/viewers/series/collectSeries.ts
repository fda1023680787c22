/**
 * Observations of one code, in order of time: what a chart shows. Values in other units make another series, since nothing
 * here converts them; components (systolic and diastolic blood pressure) are lines of one chart.
 */
import { limitsOf, type Outside, outsideOf } from "../fhir/outside.ts";
import {
  type Coding,
  codingsOf,
  conceptText,
  field,
  instantOf,
  listOf,
  numberOf,
  quantityOf,
  textOf,
} from "../fhir/read.ts";
import { withNamed } from "../text/hidden.ts";

export type Point = {
  /** Unix seconds. */
  readonly at: number;
  readonly value: number;
  /** `<` where the value is not known but to be less; null where it is the value itself. */
  readonly comparator: string | null;
  /** As the entry itself says it: by the author's judgement, else by the range below. */
  readonly outside: Outside | null;
  /** The one reference range that came with the value, in the value's unit. */
  readonly low: number | null;
  readonly high: number | null;
  /** Whatever the caller wants to find the entry by. */
  readonly source: string;
};

export type Line = { readonly key: string; readonly title: string; readonly points: readonly Point[] };

export type Series = {
  /** `system|code|unit` of what was measured. */
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly category: "vital-signs" | "laboratory" | "other";
  readonly lines: readonly Line[];
};

type Found = {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly category: Series["category"];
  readonly lineKey: string;
  readonly lineTitle: string;
  readonly point: Point;
};

export type Sourced = { readonly resource: unknown; readonly source: string };

/** Our own name for what was measured; null where there is none, and its author's words do. */
type NameOf = (codes: readonly Coding[]) => string | null;

/** Bundles are looked into; what is no Observation with a number and a time is left out. Longest series first. */
export function collectSeries(resources: Iterable<Sourced>, nameOf: NameOf = () => null): readonly Series[] {
  const byKey = new Map<
    string,
    { readonly first: Found; readonly lines: Map<string, { title: string; points: Point[] }> }
  >();
  for (const { resource, source } of resources) {
    for (const found of foundIn(resource, source, nameOf)) {
      const series = byKey.get(found.key) ?? { first: found, lines: new Map() };
      byKey.set(found.key, series);
      const line = series.lines.get(found.lineKey) ?? { title: found.lineTitle, points: [] };
      series.lines.set(found.lineKey, line);
      line.points.push(found.point);
    }
  }
  return [...byKey.values()]
    .map(({ first, lines }) => ({
      key: first.key,
      title: withNamed(first.title),
      unit: withNamed(first.unit),
      category: first.category,
      lines: [...lines].map(([key, { title, points }]) => ({
        key,
        title: withNamed(title),
        points: points.sort((a, b) => a.at - b.at),
      })),
    }))
    .sort((a, b) => sizeOf(b) - sizeOf(a) || (a.title < b.title ? -1 : 1));
}

export function sizeOf(series: Series): number {
  return series.lines.reduce((most, line) => Math.max(most, line.points.length), 0);
}

function foundIn(resource: unknown, source: string, nameOf: NameOf): Found[] {
  switch (field(resource, "resourceType")) {
    case "Bundle":
      // A Bundle in a Bundle is not looked into: nothing is measured there, and it could go on without an end.
      return listOf(field(resource, "entry")).flatMap((entry) =>
        observationIn(field(entry, "resource"), source, nameOf),
      );
    default:
      return observationIn(resource, source, nameOf);
  }
}

function observationIn(resource: unknown, source: string, nameOf: NameOf): Found[] {
  if (field(resource, "resourceType") !== "Observation") return [];
  if (["entered-in-error", "cancelled"].includes(textOf(field(resource, "status")) ?? "")) return [];
  if (isModified(resource)) return [];
  const at =
    instantOf(field(resource, "effectiveDateTime")) ??
    instantOf(field(field(resource, "effectivePeriod"), "start")) ??
    instantOf(field(resource, "effectiveInstant")) ??
    instantOf(field(resource, "issued"));
  const code = keyOf(field(resource, "code"));
  if (at === null || code === null) return [];
  const title = titleOf(field(resource, "code"), nameOf) ?? code;
  const category = categoryOf(resource);
  const own = valueIn(resource, at, source);
  const found: Found[] =
    own === null ? [] : [{ key: `${code}|${own.unit}`, title, category, lineKey: code, lineTitle: title, ...own }];
  for (const component of listOf(field(resource, "component"))) {
    if (isModified(component)) continue;
    const value = valueIn(component, at, source);
    const lineKey = keyOf(field(component, "code"));
    if (value === null || lineKey === null) continue;
    const lineTitle = titleOf(field(component, "code"), nameOf) ?? lineKey;
    found.push({ key: `${code}|${value.unit}`, title, category, lineKey, lineTitle, ...value });
  }
  return found;
}

function valueIn(from: unknown, at: number, source: string): { readonly unit: string; readonly point: Point } | null {
  const bare = numberOf(field(from, "valueInteger"));
  const value =
    quantityOf(field(from, "valueQuantity")) ??
    (bare === null ? null : { value: bare, unit: "", unitCode: null, comparator: null });
  if (value === null) return null;
  const { comparator } = value;
  return {
    unit: value.unit,
    point: { at, value: value.value, comparator, outside: outsideOf(from), ...limitsOf(from, value), source },
  };
}

/** What may turn its meaning around in a way that only its author's programs know is left to its entry, which warns of it. */
function isModified(element: unknown): boolean {
  return field(element, "modifierExtension") !== undefined;
}

function keyOf(concept: unknown): string | null {
  const coding = codingsOf(concept)[0];
  return coding === undefined ? textOf(field(concept, "text")) : `${coding.system ?? ""}|${coding.code}`;
}

function titleOf(concept: unknown, nameOf: NameOf): string | null {
  return nameOf(codingsOf(concept)) ?? conceptText(concept);
}

function categoryOf(resource: unknown): Series["category"] {
  const codes = listOf(field(resource, "category"))
    .flatMap(codingsOf)
    .map((one) => one.code);
  if (codes.includes("vital-signs")) return "vital-signs";
  return codes.includes("laboratory") ? "laboratory" : "other";
}
