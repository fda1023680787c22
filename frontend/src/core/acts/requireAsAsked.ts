/**
 * Catching a node that prepares something else than it was asked for, before anything is signed.
 *
 * The act is made again here, from what the person asked for, and compared with what the node sent, word for word. The node
 * contributes only what it alone can know: a free nonce, a deadline, the sequences that permission blocks are at. With a
 * wrong one of these the contract refuses the act; it can't make it mean anything else.
 */
import { isObject } from "../canonical.ts";
import type { Address } from "../ids.ts";
import { lyingNode } from "../lyingNode.ts";
import type { SigningTrust } from "../typedData/build.ts";
import type { AccessRequest } from "./accessRequest.ts";
import { type BuiltAct, buildAct } from "./buildAct.ts";
import { Facts } from "./draft.ts";
import type { ActRequest } from "./params.ts";

/** What the node answers to a preparation (`PreparedActAnswered`). */
export type PreparedAct = {
  readonly kind: string;
  readonly signer: string;
  readonly contract: string;
  readonly function: string;
  readonly args: readonly unknown[];
  readonly typed_data: Readonly<Record<string, unknown>>;
  readonly nonce: number;
  readonly deadline_at: number;
};

/** What the person asked for. */
export type Asked = ActRequest & {
  /** Who will sign. */
  readonly signer: Address;
  /** Unix seconds; left out where the node was left to say. */
  readonly deadlineAt?: number;
  /** Number → code, as the directory has them. */
  readonly categories: ReadonlyMap<number, string>;
  /** For `approve`, `decline` and `withdraw_request`: from `checkedAccessRequest`, and what the person was shown. */
  readonly request?: AccessRequest | null;
};

/** An act that is the one asked for. Sign its `typedData`, which was made here. */
export type CheckedAct = BuiltAct & {
  readonly signer: Address;
  readonly nonce: number;
  readonly deadlineAt: number;
};

const LIFETIME_MAX_S = 30 * 24 * 3600;
const CLOCKS_APART_MAX_S = 600;

/**
 * Makes the act again and compares.
 *
 * @param now Unix seconds, by this machine's clock.
 * @throws MendrecError `verification.node`: the node prepared something else; `input.*`: what was asked for can't be prepared.
 */
export function requireAsAsked(prepared: PreparedAct, asked: Asked, trust: SigningTrust, now: number): CheckedAct {
  const validity = { nonce: prepared.nonce, deadlineAt: prepared.deadline_at };
  if (!isUnsigned(validity.nonce) || !isUnsigned(validity.deadlineAt)) {
    throw lyingNode("What the node prepared can't be made again.");
  }
  if (asked.deadlineAt !== undefined && asked.deadlineAt !== validity.deadlineAt) {
    throw lyingNode("The node prepared another deadline than the one that was asked for.");
  }
  if (validity.deadlineAt > now + LIFETIME_MAX_S + CLOCKS_APART_MAX_S) {
    throw lyingNode("The node wants a signature that counts for longer than any should; nothing was signed.");
  }
  const facts = new Facts(asked.categories, statedSequences(prepared), asked.request ?? null);
  const built = buildAct(asked, asked.signer, facts, trust, validity);
  const wanted = [asked.kind, asked.signer, built.contract, built.function, built.args, built.typedData];
  const got = [
    prepared.kind,
    prepared.signer,
    prepared.contract,
    prepared.function,
    prepared.args,
    prepared.typed_data,
  ];
  if (spelled(wanted) !== spelled(got)) {
    throw lyingNode("The node prepared another act than the one that was asked for; nothing was signed.");
  }
  return { ...built, signer: asked.signer, ...validity };
}

/** One spelling of a JSON value: names in order. What JSON can't hold is spelled as nothing that JSON can hold. */
export function spelled(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(spelled).join(",")}]`;
  }
  if (isObject(value)) {
    const members = Object.keys(value)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${spelled(value[name])}`);
    return `{${members.join(",")}}`;
  }
  return typeof value === "bigint" ? `bigint ${value}` : (JSON.stringify(value) ?? typeof value);
}

function statedSequences(prepared: PreparedAct): number[] {
  const message = isObject(prepared.typed_data) ? prepared.typed_data.message : null;
  const stated: unknown = isObject(message) ? message.sequences : [];
  return Array.isArray(stated) ? stated.filter(isUnsigned) : [];
}

function isUnsigned(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
