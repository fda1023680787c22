/**
 * Reading FHIR JSON without trusting its shape. Every function takes `unknown` and never throws: what is not as FHIR R4 says
 * is null or an empty list, and the viewer shows it in the tree of raw values instead.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: unknown };

export function objectOf(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** A field's own value: a name like `constructor` finds nothing that JSON did not bring. */
export function field(value: unknown, name: string): unknown {
  const found = objectOf(value);
  return found !== null && Object.hasOwn(found, name) ? found[name] : undefined;
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}

export function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/**
 * FHIR `date`, `dateTime` or `instant` → Unix seconds; null where it is none. A bare year or month is its first day, and a day
 * begins where the reader is: it is a day of the calendar, not a moment.
 */
export function instantOf(value: unknown): number | null {
  const text = textOf(value);
  if (text === null || !/^\d{4}(-\d{2}(-\d{2}(T.+)?)?)?$/.test(text)) return null;
  const [year, month = "01", day = "01"] = text.split("-");
  const milliseconds = Date.parse(text.includes("T") ? text : `${year}-${month}-${day}T00:00:00`);
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1_000);
}

export type Coding = { readonly system: string | null; readonly code: string; readonly display: string | null };

export function codingsOf(concept: unknown): readonly Coding[] {
  return listOf(field(concept, "coding")).flatMap((one) => {
    const code = textOf(field(one, "code"));
    if (code === null) return [];
    return [{ code, system: textOf(field(one, "system")), display: textOf(field(one, "display")) }];
  });
}

/** What a person reads for a CodeableConcept: its text, else the first display, else the first bare code. */
export function conceptText(concept: unknown): string | null {
  const codings = codingsOf(concept);
  return (
    textOf(field(concept, "text")) ??
    codings.find((one) => one.display !== null)?.display ??
    codings[0]?.code ??
    textOf(concept)
  );
}

export type Quantity = {
  readonly value: number;
  /** As people write it. */
  readonly unit: string;
  /** As programs do, where it says so. */
  readonly unitCode: { readonly system: string | null; readonly code: string } | null;
  readonly comparator: string | null;
};

export function quantityOf(value: unknown): Quantity | null {
  const number = numberOf(field(value, "value"));
  if (number === null) return null;
  const code = textOf(field(value, "code"));
  return {
    value: number,
    unit: unitText(textOf(field(value, "unit")) ?? code ?? ""),
    unitCode: code === null ? null : { code, system: textOf(field(value, "system")) },
    comparator: textOf(field(value, "comparator")),
  };
}

/** Whether two quantities are surely in one unit: by its code where both have one of the same system, else as it is written. */
export function isOneUnit(a: Quantity, b: Quantity): boolean {
  const [x, y] = [a.unitCode, b.unitCode];
  if (x === null || y === null || (x.system !== null && y.system !== null && x.system !== y.system)) {
    return a.unit === b.unit;
  }
  return x.code === y.code;
}

const UNITS: Readonly<Record<string, string>> = {
  "mm[Hg]": "mmHg",
  Cel: "°C",
  "[degF]": "°F",
  "[lb_av]": "lb",
  "[in_i]": "in",
};

/** A UCUM code as people write the unit: `mm[Hg]` → mmHg, `10*3/uL` → 10³/µL, `{beats}/min` → beats/min. */
function unitText(unit: string): string {
  if (Object.hasOwn(UNITS, unit)) return UNITS[unit] ?? unit;
  return unit
    .replace(/10\*(\d)/g, (_, power: string) => `10${"⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(power)]}`)
    .replace(/\bu(?=[LgmM]\b)/g, "µ")
    .replace(/\{([^{}]*)\}/g, "$1");
}
