/**
 * A patient's chain as a node tells it. It is believed as far as it can be worked out here: each link hashes from the one
 * before, all lead to the head, and with a head from the chain itself nothing up to it can be left out.
 */

import { type ChainEntry, GENESIS_LINK_HEX, linkHex, type StatedLink, walk } from "../../core/chainLink.ts";
import { isCode, type MendrecError } from "../../core/errors.ts";
import { type Address, parseAddress } from "../../core/ids.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { requireAnchored } from "../../core/verifying.ts";
import { pause } from "../../core/waiting.ts";
import type { EntryAnswered } from "../../generated/api/types.gen.ts";
import { zEntriesAnswered, zProofAnswered } from "../../generated/api/zod.gen.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { VaultTrust } from "../types.ts";
import { type LocatedRecord, recordPath } from "./located.ts";

/** All entries of one patient, and the head they should lead to. */
export type Chain = { readonly stated: readonly StatedLink[]; readonly headLinkHex: string };

/** Before a contradiction is believed to be one: something may have landed between two questions. */
export const BEHIND_MS = [250, 1000, 2000];

/** Fetches a whole chain, unverified: {@link requireSound} walks it. Once more where its head has moved meanwhile. */
export async function fetchChain(
  http: NodeHttp,
  patient: Address,
  signal: AbortSignal,
  onEntries: (count: number) => void = () => undefined,
): Promise<Chain> {
  for (const pauseMs of BEHIND_MS) {
    const chain = await fetchOnce(http, patient, signal, onEntries);
    if (lastLinkOf(chain.stated) === chain.headLinkHex) {
      return chain;
    }
    await pause(pauseMs, signal);
  }
  return fetchOnce(http, patient, signal, onEntries);
}

async function fetchOnce(
  http: NodeHttp,
  patient: Address,
  signal: AbortSignal,
  onEntries: (count: number) => void,
): Promise<Chain> {
  const stated: StatedLink[] = [];
  const heads: string[] = [];
  for await (const page of http.pages(`/v1/patients/${patient}/entries`, zEntriesAnswered, { signal })) {
    heads.push((page as { head_link_hex: string } & typeof page).head_link_hex);
    for (const one of page.items) {
      stated.push({ entry: entryOf(one), linkHex: one.link_hex });
    }
    onEntries(stated.length);
  }
  // What lands while the pages are fetched is on the last page too, or is not: both heads are right then.
  const last = lastLinkOf(stated);
  return { stated, headLinkHex: heads.includes(last) ? last : (heads.at(-1) ?? GENESIS_LINK_HEX) };
}

function lastLinkOf(stated: readonly StatedLink[]): string {
  return stated.at(-1)?.linkHex ?? GENESIS_LINK_HEX;
}

/** Throws `verification.node` unless every link is right, from the first entry to the head. */
export function requireSound(patient: Address, chain: Chain): void {
  const [fault] = walk(patient, chain.stated, chain.headLinkHex);
  if (fault !== undefined) {
    throw lyingNode(`The chain that the node tells is not sound: ${fault.detail}`);
  }
}

/** One entry of a sound chain. Throws `verification.node` where there is none. */
export function entryAt(chain: Chain, sequence: number): ChainEntry {
  const found = chain.stated[sequence];
  if (found === undefined || found.entry.sequence !== sequence) {
    throw lyingNode("The node tells of a record that is not on the patient's chain.");
  }
  return found.entry;
}

/**
 * Finds one record by its proof.
 *
 * Throws `verification.*` where the proof does not prove it; `refused`, `not_found` where it is not for this person.
 */
export async function locate(
  http: NodeHttp,
  trust: VaultTrust,
  patient: Address,
  place: { readonly sequence: number; readonly leafIndex: number | null },
  signal: AbortSignal,
): Promise<LocatedRecord> {
  const path = `${recordPath(patient, place.sequence, place.leafIndex)}/proof`;
  const found = await http.json("GET", path, zProofAnswered, { signal });
  const entry = entryOf(found.entry);
  if (found.chain_id !== trust.chainId || found.records_contract !== trust.records) {
    throw lyingNode("The proof is of another chain or another contract.");
  }
  if (entry.patient !== patient || entry.sequence !== place.sequence) {
    throw lyingNode("The proof is of another record.");
  }
  if (linkHex(found.previous_link_hex, entry) !== found.entry.link_hex) {
    throw lyingNode("The entry does not hash to its link.");
  }
  const leafIndex = found.inclusion?.leaf_index ?? null;
  if (leafIndex !== place.leafIndex) {
    throw lyingNode("The proof is of another record of the batch.");
  }
  const ref = { patient, sequence: entry.sequence, leafIndex, manifestDigestHex: found.manifest_digest_hex };
  const pathHex = found.inclusion?.path_hex ?? [];
  requireAnchored(ref, entry, pathHex);
  return { ref, entry, pathHex, final: found.final };
}

/** An entry as the core knows it. Throws `verification.node` for what no contract could hold. */
export function entryOf(answered: EntryAnswered): ChainEntry {
  try {
    return {
      patient: parseAddress(answered.patient),
      sequence: answered.sequence,
      author: parseAddress(answered.author),
      category: answered.category,
      location: answered.location,
      digestHex: answered.digest_hex,
      recordedAt: answered.recorded_at,
      count: answered.count,
    };
  } catch (cause) {
    if (isCode(cause, "input")) {
      throw lyingNode("The node tells of an entry that can't be one.", cause);
    }
    throw cause;
  }
}

/** Whether an error says that somebody may not do something, and not that their session is over. */
export function isRefusal(error: unknown): error is MendrecError {
  return isCode(error, "refused") && error.code !== "refused.sign_in_needed";
}
