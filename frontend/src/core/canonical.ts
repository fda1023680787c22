/**
 * Canonical JSON (RFC 8785): one value, one sequence of bytes. The only importer of `canonicalize`.
 *
 * What is hashed, signed or sealed as JSON is written here, and read back strictly: bytes that are not their own
 * canonical form are refused, so that no two byte strings ever mean the same object.
 */
import canonicalize from "canonicalize";
import { type Bytes, equalBytes, fromUtf8, toUtf8 } from "./bytes.ts";
import { MendrecError } from "./errors.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [name: string]: JsonValue };

const AGAIN = "Fetch it again from another copy; what wrote it may not follow docs/format.md.";
const LONE_SURROGATE = /\p{Surrogate}/u;

/** `input.malformed_json`: not a JSON object of the kind this format has. */
export function malformedJson(message: string, cause?: unknown): MendrecError {
  return new MendrecError("input.malformed_json", message, { remedy: AGAIN, cause });
}

/**
 * The RFC 8785 form of a value, in UTF-8. Throws `input.malformed_json` for what this format can't hold: a number that is
 * not a safe integer, half a character, a value that JSON does not have.
 */
export function canonicalBytes(value: JsonValue): Bytes {
  try {
    requirePlain(value);
    const text = canonicalize(value);
    if (text !== undefined) {
      return toUtf8(text);
    }
  } catch (cause) {
    throw malformedJson("A value cannot be written as canonical JSON.", cause);
  }
  throw malformedJson("A value cannot be written as canonical JSON.");
}

/**
 * The JSON object that `data` holds in canonical form.
 *
 * `maxBytes` is checked before anything is parsed; `what` names the object in messages. Throws `input.too_large`,
 * `input.malformed_json`, and `input.not_canonical_json` for any other spelling: a space, a key twice.
 */
export function parseCanonical(data: Uint8Array, { maxBytes, what }: { maxBytes: number; what: string }): JsonObject {
  if (data.length > maxBytes) {
    throw new MendrecError("input.too_large", `The ${what} is larger than ${maxBytes} bytes.`);
  }
  let value: JsonValue;
  try {
    value = JSON.parse(fromUtf8(data));
  } catch (cause) {
    throw malformedJson(`The ${what} is not JSON in UTF-8.`, cause);
  }
  if (!isObject(value)) {
    throw malformedJson(`The ${what} is not a JSON object.`);
  }
  if (!equalBytes(canonicalBytes(value), data)) {
    throw new MendrecError("input.not_canonical_json", `The ${what} is not in canonical form (RFC 8785).`, {
      remedy: AGAIN,
    });
  }
  return value;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Throws where a value is none that this format has. Whoever calls names what it belongs to. */
function requirePlain(value: unknown): void {
  if (value === null || typeof value === "boolean") {
    return;
  }
  if (typeof value === "string") {
    if (LONE_SURROGATE.test(value)) {
      throw malformedJson("A text holds half a character.");
    }
    return;
  }
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) {
      throw malformedJson("A number is not an integer; this format has no others.");
    }
    return;
  }
  if (Array.isArray(value)) {
    value.forEach(requirePlain);
    return;
  }
  if (!isObject(value)) {
    throw malformedJson("This is no JSON value.");
  }
  for (const [name, member] of Object.entries(value)) {
    requirePlain(name);
    requirePlain(member);
  }
}
