/**
 * A patient's hash chain: how a link is computed, and a walk that lists everything wrong with a chain.
 *
 *     link = keccak256(abi.encode(LINK_TAG, previousLink, patient, sequence, author, category, digest, count, recordedAt))
 *
 * with LINK_TAG = keccak256("mendrec/link/v1") and 32 zero bytes before the first entry. The location of an entry is not in
 * its link: mending a path leaves the chain as it is.
 */
import { encodeAbiParameters, keccak256 } from "viem/utils";
import { MendrecError } from "./errors.ts";
import { type Address, parseDigestHex } from "./ids.ts";
import { keccakOfTag, LINK } from "./tags.ts";

/** What stands as the previous link of a patient's first entry. */
export const GENESIS_LINK_HEX = "00".repeat(32);

const LINK_TAG = keccakOfTag(LINK);
const LINK_TYPES = [
  { type: "bytes32" }, // LINK_TAG
  { type: "bytes32" }, // previousLink
  { type: "address" }, // patient
  { type: "uint64" }, // sequence
  { type: "address" }, // author
  { type: "uint16" }, // category
  { type: "bytes32" }, // digest
  { type: "uint24" }, // count
  { type: "uint40" }, // recordedAt
] as const;

/** One entry of one patient's chain as the Records contract holds it. */
export type ChainEntry = {
  readonly patient: Address;
  readonly sequence: number;
  readonly author: Address;
  readonly category: number;
  readonly location: number;
  /** SHA-256 of the manifest, or the RFC 9162 root of a batch. */
  readonly digestHex: string;
  /** Unix seconds. */
  readonly recordedAt: number;
  /** 0 for a single record, otherwise the number of leaves of the batch. */
  readonly count: number;
};

/** An entry with the link that is stated for it. */
export type StatedLink = { readonly entry: ChainEntry; readonly linkHex: string };

/** What can be wrong with a chain; the words are those of `domain/chain_link.py`, ChainFault. */
export type ChainFault = "wrong_link" | "missing" | "unverifiable" | "duplicate" | "foreign" | "wrong_head";

/** One fault, and the sequence it was found at. */
export type ChainFinding = { readonly fault: ChainFault; readonly sequence: number; readonly detail: string };

/**
 * The link of `entry` after `previousLinkHex`, 64 hex digits.
 *
 * @throws MendrecError `input.invalid`: a field does not fit its type in the contract.
 */
export function linkHex(previousLinkHex: string, entry: ChainEntry): string {
  const previous = parseDigestHex(previousLinkHex);
  const digest = parseDigestHex(entry.digestHex);
  let encoded: `0x${string}`;
  try {
    requireUint(entry.sequence, 2 ** 53);
    requireUint(entry.category, 2 ** 16);
    requireUint(entry.count, 2 ** 24);
    requireUint(entry.recordedAt, 2 ** 40);
    encoded = encodeAbiParameters(LINK_TYPES, [
      LINK_TAG,
      `0x${previous}`,
      entry.patient,
      BigInt(entry.sequence),
      entry.author,
      entry.category,
      `0x${digest}`,
      entry.count,
      entry.recordedAt,
    ]);
  } catch (cause) {
    throw new MendrecError("input.invalid", `Entry ${entry.sequence} has a field that the contract could not hold.`, {
      cause,
    });
  }
  return keccak256(encoded).slice(2);
}

/**
 * Checks a whole chain and returns all faults, in order of sequence; an empty result is an intact chain.
 *
 * The walk goes on past a fault: each entry is judged against the *stated* link of the one before, so one altered entry is
 * reported once and does not taint all that follow. `headLinkHex` is the head as the contract holds it.
 */
export function walk(patient: Address, entries: readonly StatedLink[], headLinkHex: string): ChainFinding[] {
  const findings: ChainFinding[] = [];
  const groups = new Map<number, StatedLink[]>();
  for (const stated of entries) {
    const { sequence } = stated.entry;
    if (stated.entry.patient === patient) {
      groups.set(sequence, [...(groups.get(sequence) ?? []), stated]);
    } else {
      findings.push({ fault: "foreign", sequence, detail: `belongs to ${stated.entry.patient}` });
    }
  }
  let expected = 0;
  let previousLinkHex = GENESIS_LINK_HEX;
  for (const sequence of [...groups.keys()].sort((one, other) => one - other)) {
    const judged = judge(sequence, groups.get(sequence) ?? [], expected, previousLinkHex);
    findings.push(...judged.findings);
    previousLinkHex = judged.linkHex;
    expected = sequence + 1;
  }
  if (previousLinkHex !== headLinkHex) {
    const detail = `ends with ${previousLinkHex}, the head is ${headLinkHex}`;
    findings.push({ fault: "wrong_head", sequence: Math.max(expected - 1, 0), detail });
  }
  return findings.sort((one, other) => one.sequence - other.sequence);
}

/** Throws `verification.chain_broken` unless {@link walk} finds nothing. */
export function requireIntact(patient: Address, entries: readonly StatedLink[], headLinkHex: string): void {
  const findings = walk(patient, entries, headLinkHex);
  const [first] = findings;
  if (first !== undefined) {
    throw new MendrecError(
      "verification.chain_broken",
      `The chain has ${findings.length} fault(s); the first at entry ${first.sequence}.`,
      {
        remedy: "Ask another node, or the institution that runs this one; the records themselves are not touched.",
        details: { faults: findings.length, sequence: first.sequence, fault: first.fault },
      },
    );
  }
}

/** Judges all entries stated for one sequence; returns the faults and the link to go on with. */
function judge(
  sequence: number,
  candidates: readonly StatedLink[],
  expected: number,
  previousLinkHex: string,
): { findings: ChainFinding[]; linkHex: string } {
  const findings: ChainFinding[] = [];
  const first = candidates[0]?.linkHex ?? previousLinkHex;
  if (sequence > expected) {
    const last = sequence - 1;
    const detail = last === expected ? `entry ${expected} is missing` : `entries ${expected} to ${last} are missing`;
    findings.push({ fault: "missing", sequence: expected, detail });
  }
  if (candidates.length > 1) {
    findings.push({ fault: "duplicate", sequence, detail: `${candidates.length} entries have this sequence` });
  }
  if (sequence > expected) {
    findings.push({ fault: "unverifiable", sequence, detail: "the entry before it is missing" });
    return { findings, linkHex: first };
  }
  let right: string | null = null;
  for (const candidate of candidates) {
    const computed = computedLink(previousLinkHex, candidate.entry);
    if (computed === candidate.linkHex) {
      right ??= candidate.linkHex;
    } else {
      findings.push({ fault: "wrong_link", sequence, detail: `computed ${computed}, stated ${candidate.linkHex}` });
    }
  }
  return { findings, linkHex: right ?? first };
}

function computedLink(previousLinkHex: string, entry: ChainEntry): string {
  try {
    return linkHex(previousLinkHex, entry);
  } catch {
    return "none"; // a stated entry that no contract could hold has no link
  }
}

function requireUint(value: number, below: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value >= below) {
    throw new RangeError("not an unsigned number of this size");
  }
}
