/** Paths of the API: values are encoded, so that none of them can change which address is asked. */
import { MendrecError } from "../core/errors.ts";

/** path`/v1/people/${address}`. Throws `input.invalid` for a value that is no single step of a path. */
export function path(fixed: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return fixed.reduce((sofar, text, at) => `${sofar}${step(values[at - 1])}${text}`);
}

function step(value: string | number | undefined): string {
  const text = String(value ?? "");
  if (text === "" || text === "." || text === "..") {
    throw new MendrecError("input.invalid", "This address can't be asked for.");
  }
  return encodeURIComponent(text);
}
