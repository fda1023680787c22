/** A file's FHIR JSON, with how its numbers were written. */
import { CannotShowError } from "../CannotShow.tsx";
import type { Spellings } from "./context.ts";
import { field, type JsonObject, objectOf, textOf } from "./read.ts";

const SIZE_MAX_BYTES = 32_000_000;

export type FhirFile = { readonly resource: JsonObject; readonly spelling: Spellings };

/** @throws CannotShowError where it is too large, no JSON, or no resource. */
export async function readFhir(blob: Blob): Promise<FhirFile> {
  if (blob.size > SIZE_MAX_BYTES) throw new CannotShowError("tooLarge", "The file is larger than what is shown.");
  return parseFhir(await blob.text());
}

export function parseFhir(text: string): FhirFile {
  const { value, spelling } = parse(text.replace(/^\ufeff/, ""));
  const resource = objectOf(value);
  if (resource === null || textOf(field(resource, "resourceType")) === null) {
    throw new CannotShowError("damaged", "The file is no FHIR resource.");
  }
  return { resource, spelling };
}

type Reviver = (this: unknown, key: string, value: unknown, context?: { readonly source?: string }) => unknown;

function parse(text: string): { readonly value: unknown; readonly spelling: Spellings } {
  const written = new WeakMap<object, Map<string, string>>();
  const keep: Reviver = function (key, value, context) {
    const source = context?.source;
    // Only what a number loses when it is read is kept: 1.50.
    if (typeof value === "number" && source !== undefined && source !== String(value) && objectOf(this) !== null) {
      const holder = this as object;
      const own = written.get(holder) ?? new Map<string, string>();
      written.set(holder, own.set(key, source));
    }
    return value;
  };
  try {
    const value: unknown = JSON.parse(text, keep);
    return { value, spelling: (holder, key) => written.get(holder)?.get(key) ?? null };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw new CannotShowError("damaged", "The file is no JSON.", { cause });
  }
  // Nested deeper than the reviver can follow: without the spellings, if it can be read at all.
  try {
    return { value: JSON.parse(text), spelling: () => null };
  } catch (cause) {
    throw new CannotShowError("damaged", "The file is nested too deeply.", { cause });
  }
}
