/**
 * Reading the fields of a parsed JSON object: each is there, has the right type and is within its bounds.
 *
 * Messages say which field of which object is wrong and never what was in it: the object may be an opened envelope.
 */
import { type Bytes, fromBase64 } from "./bytes.ts";
import { isObject, malformedJson } from "./canonical.ts";
import { isCode, type MendrecError } from "./errors.ts";
import { type Address, parseAddress } from "./ids.ts";

/** First field of every object of this format. */
export const FORMAT = "mendrec/1";

const HEX_64 = /^[0-9a-f]{64}$/;

type Names = { readonly required: readonly string[]; readonly optional?: readonly string[] };

/** The fields of one JSON object, whose set of names was checked to be exactly the expected one. */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #where: string;

  /** @throws MendrecError `input.malformed_json`: no object, a field that lacks, or one that is not known. */
  constructor(value: unknown, where: string, { required, optional = [] }: Names) {
    if (!isObject(value)) {
      throw malformedJson(`${where} is not an object.`);
    }
    const missing = required.filter((name) => !Object.hasOwn(value, name)).sort()[0];
    if (missing !== undefined) {
      throw malformedJson(`${where} lacks the field ${missing}.`);
    }
    const known = new Set([...required, ...optional]);
    if (Object.keys(value).some((name) => !known.has(name))) {
      throw malformedJson(`${where} has a field that this format does not know.`);
    }
    this.#value = value;
    this.#where = where;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  /** Checks `format` and `kind`. */
  requireKind(kind: string): void {
    if (this.#value.format !== FORMAT || this.#value.kind !== kind) {
      throw malformedJson(`${this.#where} is not a ${kind} of format ${FORMAT}.`);
    }
  }

  /** A string of 1 to `maxChars` characters (code points). */
  text(name: string, { maxChars }: { readonly maxChars: number }): string {
    const value = this.#value[name];
    if (typeof value !== "string" || value === "" || [...value].length > maxChars) {
      throw this.#wrong(name, `a text of 1 to ${maxChars} characters`);
    }
    return value;
  }

  /** An integer in [low, high], at most 2^53 - 1. */
  integer(name: string, { low = 0, high = Number.MAX_SAFE_INTEGER }: { low?: number; high?: number } = {}): number {
    const value = this.#value[name];
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low || value > high) {
      throw this.#wrong(name, `an integer from ${low} to ${high}`);
    }
    return value;
  }

  /** 32 bytes as 64 lower-case hex digits. */
  hex64(name: string): string {
    const value = this.#value[name];
    if (typeof value !== "string" || !HEX_64.test(value)) {
      throw this.#wrong(name, "64 lower-case hex digits");
    }
    return value;
  }

  /** An Ethereum address in its EIP-55 form and in no other. */
  address(name: string): Address {
    const value = this.parsed(name, parseAddress);
    if (value !== this.#value[name]) {
      throw this.#wrong(name, "an address in EIP-55 form");
    }
    return value;
  }

  /** Standard base64 with padding (RFC 4648 section 4), in its one canonical spelling, not empty. */
  base64Bytes(name: string): Bytes {
    const text = this.#value[name];
    let data: Bytes;
    try {
      data = fromBase64(typeof text === "string" ? text : "");
    } catch (error) {
      throw this.#wrong(name, "base64", error);
    }
    if (data.length === 0) {
      throw this.#wrong(name, "base64");
    }
    return data;
  }

  /** A string that `parse` accepts; its `input.*` error is turned into one that names the field. */
  parsed<T>(name: string, parse: (text: string) => T): T {
    const value = this.#value[name];
    if (typeof value !== "string") {
      throw this.#wrong(name, "a text");
    }
    try {
      return parse(value);
    } catch (error) {
      if (!isCode(error, "input")) {
        throw error;
      }
      throw malformedJson(`${this.#where}.${name}: malformed.`, error);
    }
  }

  /** A list of at most `maxCount` items, of any type. */
  objects(name: string, { maxCount }: { readonly maxCount: number }): readonly unknown[] {
    const value = this.#value[name];
    if (!Array.isArray(value) || value.length > maxCount) {
      throw this.#wrong(name, `a list of at most ${maxCount} items`);
    }
    return value;
  }

  /** The fields of an object inside this one. */
  nested(name: string, names: Names): Fields {
    return new Fields(this.#value[name], `${this.#where}.${name}`, names);
  }

  #wrong(name: string, expected: string, cause?: unknown): MendrecError {
    return malformedJson(`${this.#where}.${name} is not ${expected}.`, cause);
  }
}
