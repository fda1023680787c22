/** What a custodian answers: one outcome a record, shares sealed to the reader or a refusal in words. */
import { type Bytes, fromBase64 } from "./bytes.ts";
import { isObject } from "./canonical.ts";
import type { KeyName } from "./envelopes.ts";
import { MendrecError } from "./errors.ts";
import { type Address, parseAddress, parseDigestHex } from "./ids.ts";

export const RELEASED = "released";
const WORDS_MAX_CHARS = 2_000;
const CODE = /^[a-z_]+(?:\.[A-Za-z0-9_]+)*$/;

/** What became of one record of a request. `sealedShares` is empty where `code` is not `released`. */
export type RecordOutcome = {
  readonly sequence: number;
  readonly manifestDigestHex: string;
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** age ciphertexts, to the reader's published recipient. */
  readonly sealedShares: Readonly<Partial<Record<KeyName, Bytes>>>;
};

/** One custodian's answer, in the order of the request, and the block it was decided on. */
export type ReleaseAnswer = {
  readonly custodian: Address;
  readonly headNumber: number;
  readonly outcomes: readonly RecordOutcome[];
};

/**
 * Reads the wire form.
 *
 * @throws MendrecError `verification.release_answer`: anything missing or of a wrong type.
 */
export function parseReleaseAnswer(body: unknown): ReleaseAnswer {
  try {
    const answer = objectOf(body);
    const outcomes = answer.outcomes;
    if (!Array.isArray(outcomes)) {
      throw new TypeError("no list");
    }
    return {
      custodian: parseAddress(textOf(answer.custodian)),
      headNumber: naturalOf(answer.headNumber),
      outcomes: outcomes.map(parseOutcome),
    };
  } catch (cause) {
    throw new MendrecError("verification.release_answer", "The custodian's answer is not of the documented shape.", {
      remedy: "Ask the custodian's operator; what it sent was not used.",
      cause,
    });
  }
}

function parseOutcome(value: unknown): RecordOutcome {
  const outcome = objectOf(value);
  const shares = objectOf(outcome.shares);
  const code = textOf(outcome.code);
  if (!CODE.test(code)) {
    throw new TypeError("no code");
  }
  return {
    sequence: naturalOf(outcome.sequence),
    manifestDigestHex: parseDigestHex(textOf(outcome.manifestDigest)),
    code,
    message: words(textOf(outcome.message)),
    remedy: words(textOf(outcome.remedy)),
    sealedShares: {
      ...(shares.descriptor === undefined ? {} : { descriptor: fromBase64(textOf(shares.descriptor)) }),
      ...(shares.payload === undefined ? {} : { payload: fromBase64(textOf(shares.payload)) }),
    },
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) {
    throw new TypeError("no object");
  }
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") {
    throw new TypeError("no text");
  }
  return value;
}

function naturalOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError("no whole number");
  }
  return value;
}

/** One line that can be shown: it comes from another machine. */
function words(text: string): string {
  return text.slice(0, WORDS_MAX_CHARS).replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");
}
