/**
 * JSON read strictly and written back without changing a value.
 *
 * FHIR gives meaning to how a decimal is written (1.50 is not 1.5), so numbers keep their spelling. Keys keep their order. A
 * key given twice is refused: readers disagree on which one counts, and one could be shown a harmless `resourceType` where
 * another sees the real one.
 */
import { LIMITS } from "../limits.ts";

const NUMBER_MAX_CHARS = 64;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a string may not hold
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX_4 = /[0-9a-fA-F]{4}/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const LONE_SURROGATE = /\p{Surrogate}/u;
const [COMMA, BRACE, BRACKET] = [0x2c, 0x7b, 0x5b];

/** A number as it was written. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    if (text.length > NUMBER_MAX_CHARS) {
      throw new JsonFault(`A number has more than ${NUMBER_MAX_CHARS} characters.`);
    }
    this.text = text;
  }

  /** Whether it is written without fraction and exponent. */
  get isInteger(): boolean {
    return !/[.eE]/.test(this.text);
  }
}

/** An object: without a prototype, so that no name means anything of its own. */
export type JsonMap = { readonly [name: string]: JsonText };
export type JsonText = null | boolean | string | JsonNumber | readonly JsonText[] | JsonMap;

/** The text is not acceptable JSON. The message is safe to show: it never quotes the text. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
}

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/**
 * The value, with every number as {@link JsonNumber}.
 *
 * @throws JsonFault not UTF-8, no JSON, a repeated key, NaN or Infinity, nested or wide beyond the limits.
 */
export function parseJsonText(data: Uint8Array): JsonText {
  let values = 0;
  for (const byte of data) {
    values += byte === COMMA || byte === BRACE || byte === BRACKET ? 1 : 0;
  }
  if (values > LIMITS.jsonMaxValues) {
    throw new JsonFault(`More than ${LIMITS.jsonMaxValues} values.`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    throw new JsonFault("Not UTF-8.");
  }
  return new Parser(text).whole();
}

/**
 * Compact text: keys in their order, numbers in their spelling, no character escaped without need.
 *
 * @throws JsonFault a string holds half of a surrogate pair, which UTF-8 cannot carry.
 */
export function writeJsonText(value: JsonText): string {
  const parts: string[] = [];
  write(value, parts);
  return parts.join("");
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonText {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) {
      throw this.#wrong();
    }
    return value;
  }

  #value(depth: number): JsonText {
    const first = this.#text[this.#at];
    if (first === '"') {
      return this.#string();
    }
    if (first === "{" || first === "[") {
      if (depth > LIMITS.jsonMaxDepth) {
        throw new JsonFault(`Nested deeper than ${LIMITS.jsonMaxDepth} levels.`);
      }
      this.#at += 1;
      return first === "{" ? this.#object(depth) : this.#list(depth);
    }
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
    ] as const) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    if (/^-?(?:NaN|Infinity)/.test(this.#text.slice(this.#at, this.#at + 9))) {
      throw new JsonFault("NaN and Infinity are not JSON.");
    }
    return new JsonNumber(this.#taken(NUMBER));
  }

  #object(depth: number): JsonMap {
    const found: Record<string, JsonText> = Object.create(null);
    this.#space();
    if (this.#eat("}")) {
      return found;
    }
    do {
      this.#space();
      const name = this.#string();
      if (name in found) {
        throw new JsonFault("An object has the same key twice.");
      }
      this.#space();
      this.#require(":");
      this.#space();
      found[name] = this.#value(depth + 1);
      this.#space();
    } while (this.#eat(","));
    this.#require("}");
    return found;
  }

  #list(depth: number): JsonText[] {
    const found: JsonText[] = [];
    this.#space();
    if (this.#eat("]")) {
      return found;
    }
    do {
      this.#space();
      found.push(this.#value(depth + 1));
      this.#space();
    } while (this.#eat(","));
    this.#require("]");
    return found;
  }

  #string(): string {
    this.#require('"');
    let found = "";
    for (;;) {
      PLAIN.lastIndex = this.#at;
      const plain = PLAIN.exec(this.#text)?.[0] ?? "";
      found += plain;
      this.#at += plain.length;
      if (this.#eat('"')) {
        return found;
      }
      this.#require("\\"); // a control character, or the end, is wrong here
      const letter = this.#text[this.#at] ?? "";
      this.#at += 1;
      if (letter === "u") {
        found += String.fromCharCode(Number.parseInt(this.#taken(HEX_4), 16));
      } else if (Object.hasOwn(ESCAPES, letter)) {
        found += ESCAPES[letter];
      } else {
        throw this.#wrong();
      }
    }
  }

  #taken(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) {
      throw this.#wrong();
    }
    this.#at += found.length;
    return found;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #eat(character: string): boolean {
    const isThere = this.#text[this.#at] === character;
    this.#at += isThere ? 1 : 0;
    return isThere;
  }

  #require(character: string): void {
    if (!this.#eat(character)) {
      throw this.#wrong();
    }
  }

  #wrong(): JsonFault {
    const before = this.#text.slice(0, this.#at).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    return new JsonFault(`No valid JSON at line ${before.length}, column ${column}.`);
  }
}

function write(value: JsonText, parts: string[]): void {
  if (value instanceof JsonNumber) {
    parts.push(value.text);
  } else if (typeof value === "string") {
    parts.push(written(value));
  } else if (Array.isArray(value)) {
    parts.push("[");
    value.forEach((item: JsonText, at) => {
      parts.push(at === 0 ? "" : ",");
      write(item, parts);
    });
    parts.push("]");
  } else if (isMap(value)) {
    parts.push("{");
    Object.entries(value).forEach(([name, item], at) => {
      parts.push(at === 0 ? "" : ",", written(name), ":");
      write(item, parts);
    });
    parts.push("}");
  } else {
    parts.push(String(value));
  }
}

function written(text: string): string {
  if (LONE_SURROGATE.test(text)) {
    throw new JsonFault("A text holds half of a surrogate pair.");
  }
  return JSON.stringify(text);
}
