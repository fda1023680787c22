/** Reading what somebody wants signed, strictly, with words for each fault (`services/act_params.py`). */
import { recipientToBytes } from "../ageRecipient.ts";
import { toHex } from "../bytes.ts";
import { isObject } from "../canonical.ts";
import { MendrecError } from "../errors.ts";
import { type Address, parseAddress, parseDigestHex } from "../ids.ts";
import { orderedRights, PURPOSES, type PurposeName, RIGHTS, type RightName, type Terms } from "../typedData/consent.ts";
import { MEND_REASONS, type MendReasonName } from "../typedData/records.ts";

const LIST_MAX_ITEMS = 1_024;
const WORD_MAX_CHARS = 64;

/** The parameters of one act; {@link requireAllRead} refuses what nobody asked for. */
export class ParamsReader {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #where: string;
  readonly #read = new Set<string>();

  constructor(value: unknown, where = "The act") {
    if (!isObject(value)) {
      throw malformedParams(`${where} is not an object.`);
    }
    this.#value = value;
    this.#where = where;
  }

  /** Throws `input.act_params` where a parameter was given that the act does not have. */
  requireAllRead(): void {
    const unknown = Object.keys(this.#value)
      .filter((name) => !this.#read.has(name))
      .sort()[0];
    if (unknown !== undefined) {
      throw malformedParams(`${this.#where} has no ${unknown.slice(0, 40)}.`);
    }
  }

  address(name: string): Address {
    return this.#parsed(name, parseAddress);
  }

  /** 32 bytes, as bare lower-case hex. */
  digestHex(name: string): string {
    return this.#parsed(name, parseDigestHex);
  }

  /** The 32 bytes of an age recipient (`age1…`), as hex. */
  recipientHex(name: string): string {
    return this.#parsed(name, (text) => toHex(recipientToBytes(text)));
  }

  text(name: string, maxChars = 256): string {
    const value = this.#get(name);
    if (typeof value !== "string" || value === "" || [...value].length > maxChars) {
      throw malformedParams(`${name} is not a text of 1 to ${maxChars} characters.`);
    }
    return value;
  }

  /** An unsigned number of so many bits, and below 2^53: this page's numbers end there. */
  number(name: string, bits: number): number {
    const value = this.#get(name);
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value >= 2 ** bits) {
      throw malformedParams(`${name} is not a number of ${bits} bits.`);
    }
    return value;
  }

  /** Texts, each once, in the order given. */
  texts(name: string): string[] {
    const found: string[] = [];
    for (const one of this.#items(name)) {
      if (typeof one !== "string" || one === "" || [...one].length > WORD_MAX_CHARS) {
        throw malformedParams(`${name} is not a list of texts of at most ${WORD_MAX_CHARS} characters.`);
      }
      found.push(one);
    }
    return [...new Set(found)];
  }

  objects(name: string): ParamsReader[] {
    return this.#items(name).map((one, at) => new ParamsReader(one, `${name}[${at}]`));
  }

  object(name: string): ParamsReader {
    return new ParamsReader(this.#get(name), name);
  }

  /** `rights`: names of rights, at least one; in the contract's order. */
  rights(): RightName[] {
    return orderedRights(
      this.texts("rights").map((word) => oneOf(RIGHTS, word, "rights has a word that is no right.")),
    );
  }

  /** `rights`, `from_at`, `until_at` and `purpose` together. */
  terms(): Terms {
    const [rights, fromAt, untilAt] = [this.rights(), this.number("from_at", 40), this.number("until_at", 40)];
    if (untilAt <= fromAt) {
      throw malformedParams("The access would end before it begins.", "Give an end that lies after the beginning.");
    }
    const purpose: PurposeName = oneOf(PURPOSES, this.text("purpose"), "purpose is no purpose of use.");
    return { rights, fromAt, untilAt, purpose };
  }

  mendReason(): MendReasonName {
    return oneOf(MEND_REASONS, this.text("reason"), "reason is no reason for moving a path.");
  }

  #parsed<T>(name: string, parse: (text: string) => T): T {
    const text = this.text(name);
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof MendrecError) {
        throw malformedParams(`${name}: ${error.message}`, error.remedy);
      }
      throw error;
    }
  }

  #items(name: string): readonly unknown[] {
    const value = this.#get(name);
    if (!Array.isArray(value) || value.length === 0 || value.length > LIST_MAX_ITEMS) {
      throw malformedParams(`${name} is not a list of 1 to ${LIST_MAX_ITEMS}.`);
    }
    return value;
  }

  #get(name: string): unknown {
    this.#read.add(name);
    const value = Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    if (value === undefined || value === null) {
      throw malformedParams(`${this.#where} lacks ${name}.`);
    }
    return value;
  }
}

/** `input.act_params`: a parameter of an act is missing, is not known, or cannot be used. */
export function malformedParams(
  message: string,
  remedy = "See what the act takes in the API's description.",
): MendrecError {
  return new MendrecError("input.act_params", message, { remedy });
}

function oneOf<T extends string>(words: Readonly<Record<T, number>>, word: string, message: string): T {
  if (!Object.hasOwn(words, word)) {
    throw malformedParams(message, `One of: ${Object.keys(words).join(", ")}.`);
  }
  return word as T;
}
