/**
 * What the node lists of a patient's record, and whether that is all that this person is owed: the patient every entry with
 * every record of it, anyone else what they added and the categories that the node itself says they may read.
 */

import type { ChainEntry } from "../../core/chainLink.ts";
import type { Address } from "../../core/ids.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { inclusionPathsHex, rootHex } from "../../core/merkle.ts";
import { requireAnchored } from "../../core/verifying.ts";
import { pause } from "../../core/waiting.ts";
import type { ConsentAnswered, RecordAnswered } from "../../generated/api/types.gen.ts";
import { zCategoriesAnswered, zConsentsAnswered, zMeAnswered, zRecordsAnswered } from "../../generated/api/zod.gen.ts";
import { inParallel } from "../inParallel.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { VaultTrust } from "../types.ts";
import { BEHIND_MS, type Chain, entryAt, fetchChain, isRefusal, locate, requireSound } from "./chain.ts";
import type { LocatedRecord } from "./located.ts";

/** One record that is listed: where it is, or why that can't be told now. */
export type ToldRecord = {
  readonly told: RecordAnswered;
  readonly entry: ChainEntry;
  readonly located: LocatedRecord | null;
};

export type ToldAsked = {
  readonly http: NodeHttp;
  readonly trust: VaultTrust;
  readonly patient: Address;
  readonly reader: Address;
  readonly signal: AbortSignal;
  /** Records told so far. */
  readonly onRecords: (count: number) => void;
};

const LEFT_OUT = "The node leaves records out of the list that are on the chain and that you may see.";
const CHAIN_ASKED = 3;
const PROOFS_AT_ONCE = 6;

/**
 * Every record that may be seen, in the order of the chain, with its place proven.
 *
 * Throws `refused` where there is nothing that may be seen; `verification.node` where the node's chain is not sound, or
 * records on it are left out.
 */
export async function fetchTold(asked: ToldAsked): Promise<ToldRecord[]> {
  const chain = await chainFor(asked);
  if (chain === null) {
    return place(asked, await toldRecords(asked), null);
  }
  requireSound(asked.patient, chain);
  const { told, chain: whole, missing } = await toldWhole(asked, chain);
  if (missing.length > 0) {
    const named = missing.slice(0, 10).map((one) => one.sequence);
    throw lyingNode(`${LEFT_OUT} Missing: ${named.join(", ")}.`);
  }
  return place(asked, told, whole);
}

/** Category codes by number, as the node tells them. */
export async function fetchCategories(http: NodeHttp, signal: AbortSignal): Promise<Map<number, string>> {
  const found = await http.json("GET", "/v1/categories", zCategoriesAnswered, { signal });
  return new Map(found.items.map((one) => [one.number, one.code]));
}

/** The chain; null for an author who may read nothing: they see single records, by their proofs. */
async function chainFor(asked: ToldAsked): Promise<Chain | null> {
  for (let tries = 0; tries < CHAIN_ASKED; tries++) {
    // A grant that lands between two questions is no lie.
    try {
      return await fetchChain(asked.http, asked.patient, asked.signal);
    } catch (thrown) {
      if (!isRefusal(thrown) || asked.reader === asked.patient) {
        throw thrown;
      }
      if ((await readableCodes(asked)).size === 0) {
        return null;
      }
    }
  }
  throw lyingNode("The node refuses the chain of a record of which you may read something.");
}

/** What is added meanwhile is owed by nobody yet: only the chain from before the records were asked for counts. */
async function toldWhole(asked: ToldAsked, before: Chain) {
  let chain = before;
  let told: RecordAnswered[] = [];
  let missing: ChainEntry[] = [];
  for (const pauseMs of [...BEHIND_MS, null]) {
    told = await toldRecords(asked);
    missing = await owed(asked, leftOut(chain, told));
    if (missing.length === 0 || pauseMs === null) {
      break;
    }
    await pause(pauseMs, asked.signal);
  }
  if (told.some((one) => one.sequence >= chain.stated.length)) {
    chain = await fetchChain(asked.http, asked.patient, asked.signal);
    requireSound(asked.patient, chain);
  }
  return { told, chain, missing };
}

async function toldRecords(asked: ToldAsked): Promise<RecordAnswered[]> {
  const { http, patient, signal, onRecords } = asked;
  const told: RecordAnswered[] = [];
  for await (const page of http.pages(`/v1/patients/${patient}/records`, zRecordsAnswered, { signal })) {
    told.push(...(page.items as RecordAnswered[]));
    onRecords(told.length);
  }
  return told;
}

/** The entries of a chain that records are missing of; one that can't be read now is told, and says so. */
export function leftOut(chain: Chain, told: readonly RecordAnswered[]): ChainEntry[] {
  const leaves = new Map<number, Set<number | null>>();
  const unreadable = new Set<number>();
  for (const one of told) {
    let of = leaves.get(one.sequence);
    if (of === undefined) {
      of = new Set();
      leaves.set(one.sequence, of);
    }
    of.add(one.leaf_index);
    if (one.manifest_digest_hex === null) {
      unreadable.add(one.sequence);
    }
  }
  return chain.stated
    .map((one) => one.entry)
    .filter((entry) => !unreadable.has(entry.sequence) && !holdsAll(entry, leaves.get(entry.sequence)));
}

function holdsAll(entry: ChainEntry, leaves: ReadonlySet<number | null> | undefined): boolean {
  if (leaves === undefined) {
    return false;
  }
  if (entry.count === 0) {
    return leaves.has(null);
  }
  for (let index = 0; index < entry.count; index++) {
    if (!leaves.has(index)) {
      return false;
    }
  }
  return true;
}

/** Those of `entries` that this reader should have been told of. */
async function owed(asked: ToldAsked, entries: readonly ChainEntry[]): Promise<ChainEntry[]> {
  if (entries.length === 0 || asked.reader === asked.patient) {
    return [...entries];
  }
  const [codes, categories] = [await readableCodes(asked), await fetchCategories(asked.http, asked.signal)];
  return entries.filter((entry) => entry.author === asked.reader || codes.has(categories.get(entry.category) ?? ""));
}

/** Codes of the categories of which the node itself says that this reader holds READ now. */
async function readableCodes(asked: ToldAsked): Promise<Set<string>> {
  const { http, signal, patient } = asked;
  const me = await http.json("GET", "/v1/me", zMeAnswered, { signal });
  const codes = new Set<string>();
  if (!me.person.standing.good) {
    return codes;
  }
  for await (const page of http.pages("/v1/me/grants-held", zConsentsAnswered, { signal })) {
    for (const one of page.items as ConsentAnswered[]) {
      if (
        one.patient === patient &&
        one.effective.state === "in_force" &&
        (one.effective.rights as readonly string[]).includes("READ")
      ) {
        codes.add(one.category_code);
      }
    }
  }
  return codes;
}

async function place(asked: ToldAsked, told: readonly RecordAnswered[], chain: Chain | null): Promise<ToldRecord[]> {
  const placed: ToldRecord[] = [];
  for (const group of byEntry(told)) {
    const [first] = group;
    if (first === undefined) {
      continue;
    }
    if (group.some((one) => one.manifest_digest_hex === null)) {
      if (chain === null) {
        throw lyingNode("The node tells of a record without its digest.");
      }
      placed.push({
        told: group.find((one) => one.manifest_digest_hex === null) ?? first,
        entry: entryAt(chain, first.sequence),
        located: null,
      });
    } else if (chain === null || group.length !== Math.max(1, first.count)) {
      placed.push(...(await inParallel(group, PROOFS_AT_ONCE, (one) => proven(asked, one))));
    } else {
      placed.push(...anchored(asked.patient, group, entryAt(chain, first.sequence)));
    }
  }
  return placed;
}

/** Proves the records of one entry from all of its leaves. Throws `verification.*`. */
function anchored(patient: Address, group: readonly RecordAnswered[], entry: ChainEntry): ToldRecord[] {
  const leaves = group.map((one) => one.manifest_digest_hex ?? "");
  if (entry.count === 0) {
    const [told] = group;
    if (told === undefined || group.length !== 1) {
      throw lyingNode("The node tells of several records where the chain has one.");
    }
    const ref = { patient, sequence: entry.sequence, leafIndex: told.leaf_index, manifestDigestHex: leaves[0] ?? "" };
    requireAnchored(ref, entry, []);
    return [{ told, entry, located: { ref, entry, pathHex: [], final: told.final } }];
  }
  const inOrder = group.length === entry.count && group.every((one, index) => one.leaf_index === index);
  if (!inOrder || rootHex(leaves) !== entry.digestHex) {
    throw lyingNode("The node tells of a batch that is not the anchored one.");
  }
  const paths = inclusionPathsHex(leaves);
  return group.map((told, leafIndex) => {
    const ref = { patient, sequence: entry.sequence, leafIndex, manifestDigestHex: leaves[leafIndex] ?? "" };
    return { told, entry, located: { ref, entry, pathHex: paths[leafIndex] ?? [], final: told.final } };
  });
}

async function proven(asked: ToldAsked, told: RecordAnswered): Promise<ToldRecord> {
  const at = { sequence: told.sequence, leafIndex: told.leaf_index };
  const located = await locate(asked.http, asked.trust, asked.patient, at, asked.signal);
  if (told.manifest_digest_hex !== located.ref.manifestDigestHex) {
    throw lyingNode("The node lists another record than the one it proves.");
  }
  return { told, entry: located.entry, located };
}

function* byEntry(told: readonly RecordAnswered[]): Generator<RecordAnswered[]> {
  let group: RecordAnswered[] = [];
  for (const one of told) {
    if (group[0] !== undefined && group[0].sequence !== one.sequence) {
      yield group;
      group = [];
    }
    group.push(one);
  }
  if (group.length > 0) {
    yield group;
  }
}
