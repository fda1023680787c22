/** Whether the chain itself names what was sent, asked through the wallet. */

import { isCode, type MendrecError } from "../../core/errors.ts";
import { askedOfWallet, LEDGER_BEHIND_MS, ledgerBehind, ledgerNotAsked } from "../../core/ledger.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { rootHex } from "../../core/merkle.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { ChainCall } from "../../core/typedData/contractWallet.ts";
import { pause } from "../../core/waiting.ts";
import { requireNotStopped } from "../jobs.ts";
import { entryOnChain } from "../reading/entryOnChain.ts";
import type { UploadDone } from "../types.ts";
import type { KeptRecord, KeptUpload } from "./keptUpload.ts";

/**
 * Throws unless the chain names every one of the records where the node says that they are: `unavailable.ledger` where it could
 * not be asked, `unavailable.ledger.behind` where it has no such entry yet, `verification.node` where it has another one.
 */
export async function requireOnLedger(
  call: ChainCall,
  upload: KeptUpload,
  records: readonly KeptRecord[],
  done: UploadDone,
  signal: AbortSignal,
): Promise<void> {
  const { trust, patient, author } = upload;
  for (const [sequence, digestHex] of expected(records, done)) {
    const entry = await held(() => entryOnChain(call, trust.records, patient, sequence), signal);
    if (entry.digestHex !== digestHex || entry.author !== author) {
      throw lyingNode("The node says that the records are added, and the public ledger names others in their place.");
    }
  }
}

/** By entry, the digest that it has to have. */
function expected(records: readonly KeptRecord[], done: UploadDone): Map<number, string> {
  const places = new Map<number, (string | undefined)[]>();
  const digests = new Map<number, string>();
  for (const [position, { sequence, leafIndex }] of done.records.entries()) {
    const manifest = records[position]?.manifest ?? null;
    if (manifest === null || digests.has(sequence) || (leafIndex === null && places.has(sequence))) {
      throw notOfThese();
    }
    if (leafIndex === null) {
      digests.set(sequence, sha256Hex(manifest));
      continue;
    }
    const leaves = places.get(sequence) ?? [];
    if (leafIndex < 0 || leafIndex >= records.length || leaves[leafIndex] !== undefined) {
      throw notOfThese();
    }
    leaves[leafIndex] = sha256Hex(manifest);
    places.set(sequence, leaves);
  }
  if (done.records.length !== records.length || records.length === 0) {
    throw notOfThese();
  }
  for (const [sequence, leaves] of places) {
    const whole = [...leaves].flatMap((leaf) => (leaf === undefined ? [] : [leaf]));
    if (whole.length !== leaves.length) {
      throw notOfThese();
    }
    digests.set(sequence, rootHex(whole));
  }
  return digests;
}

/** Once more where the wallet's node has not heard of it yet. */
async function held<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pauseMs of [...LEDGER_BEHIND_MS, null]) {
    requireNotStopped(signal);
    try {
      return await askedOfWallet(ask, signal);
    } catch (thrown) {
      if (isCode(thrown, "verification") || isCode(thrown, "cancelled")) {
        throw thrown;
      }
      // A contract that refuses to tell has no such entry.
      const isBehind = isCode(thrown, "refused");
      if (!isBehind || pauseMs === null) {
        throw isBehind ? ledgerBehind(thrown) : ledgerNotAsked(thrown);
      }
    }
    await pause(pauseMs, signal);
  }
  throw new TypeError("the last try tells");
}

function notOfThese(): MendrecError {
  return lyingNode("The node's receipt is not about the records that were sent.");
}
