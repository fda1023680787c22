/**
 * Checking one record here, step by step, against what the chain itself says: nothing is believed that the node told, and
 * every object is fetched anew.
 */

import { decodeFunctionResult, encodeFunctionData } from "viem/utils";
import { type ChainEntry, GENESIS_LINK_HEX, linkHex } from "../../core/chainLink.ts";
import { cidOfRaw } from "../../core/cid.ts";
import { CiphertextDigest } from "../../core/ciphertextDigest.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { LIMITS } from "../../core/limits.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { type Manifest, parseManifest } from "../../core/manifest.ts";
import { recipientsOf } from "../../core/recordKeys.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { type ChainCall, requireContractAgrees } from "../../core/typedData/contractWallet.ts";
import { manifestTypedData } from "../../core/typedData/record.ts";
import { recoverTypedDataSigner } from "../../core/typedData/signature.ts";
import {
  requireAnchored,
  requireAuthorSignature,
  requireManifestOfEntry,
  verifiedEnvelopes,
} from "../../core/verifying.ts";
import { pause } from "../../core/waiting.ts";
import { zProofAnswered } from "../../generated/api/zod.gen.ts";
import { recordsAbi } from "../../generated/contracts.ts";
import type { ListedRecord, VerificationStep } from "../../node/types.ts";
import { asMendrecError } from "../errorTransfer.ts";
import { requireNotStopped } from "../jobs.ts";
import type { ReadAsked } from "../types.ts";
import { BEHIND_MS, type Chain, fetchChain } from "./chain.ts";
import { decoded, entryOnChain } from "./entryOnChain.ts";
import { recordPath } from "./located.ts";
import { openOwnEnvelope } from "./ownEnvelope.ts";
import { payloadPieces } from "./payload.ts";
import type { Reading } from "./reading.ts";

/** In the order in which they are taken. */
export const STEPS = [
  "entry_on_chain",
  "head_on_chain",
  "inclusion",
  "manifest_digest",
  "manifest_form",
  "author_signature",
  "envelopes_cid",
  "payload_cid",
  "keys_match",
] as const;

type StepId = (typeof STEPS)[number];

/** What must hold for everybody. For the patient it is every step: nothing of it can be refused to them. */
const NEEDED: ReadonlySet<StepId> = new Set<StepId>([
  "entry_on_chain",
  "inclusion",
  "manifest_digest",
  "manifest_form",
  "author_signature",
]);
/** What the node may say that somebody else than the patient is not to have. */
const NOT_FOR_ALL: ReadonlySet<string> = new Set(["refused.not_yours", "refused.permission"]);
/** Ours alone: the step belongs to opening. */
const NOT_ASKED = "refused.not_asked";

type Shown = { readonly found?: string; readonly expected?: string; readonly reason?: string };

export type VerifyAsked = {
  readonly reading: Reading;
  readonly asked: ReadAsked;
  readonly record: ListedRecord;
  readonly call: ChainCall;
  readonly onStep: (step: VerificationStep) => void;
  readonly signal: AbortSignal;
};

/**
 * See {@link Vault.verify}. A step that fails does not stop those that do not rest on it; what rests on it is skipped. At the
 * end the first failure is thrown, or why a step could not be taken: only a call that returns has verified the record. It
 * may do without a step only where that is not this reader's to take (for the patient: without none).
 */
export async function verify({
  reading,
  asked,
  record,
  call: callOfWallet,
  onStep,
  signal,
}: VerifyAsked): Promise<void> {
  const { http } = reading;
  const { trust, patient } = asked;
  const path = recordPath(patient, record.sequence, record.leafIndex);
  const call = requireAnswer(callOfWallet);
  const held = new Set<StepId>();
  let mayLackHead = false;
  let failure: MendrecError | null = null;
  for (const id of STEPS) {
    onStep({ id, state: "waiting" });
  }

  /** Whether this reader's check may be whole without a step: an author who reads nothing is not told the chain. */
  const mayLack = (id: StepId) =>
    asked.reader !== patient && !NEEDED.has(id) && (id !== "head_on_chain" || mayLackHead);

  /** Runs a step; null where it did not hold, or where what it needs did not. */
  const step = async <T>(id: StepId, needs: readonly unknown[], work: () => Promise<T & { shown: Shown }>) => {
    requireNotStopped(signal);
    if (needs.includes(null)) {
      onStep({ id, state: "skipped", reason: "A step before did not hold." });
      return null;
    }
    onStep({ id, state: "running" });
    try {
      const done = await work();
      held.add(id);
      onStep({ id, state: "holds", ...done.shown });
      return done;
    } catch (thrown) {
      const error = asMendrecError(thrown);
      if (error.code === "cancelled") {
        throw error;
      }
      const isWrong = isCode(error, "verification") || isCode(error, "input") || isCode(error, "not_found");
      if (!mayLack(id) || !(id === "keys_match" ? error.code === NOT_ASKED : NOT_FOR_ALL.has(error.code))) {
        failure ??= error;
      }
      onStep({ id, state: isWrong ? "fails" : "skipped", reason: error.message, ...shownOf(thrown) });
      return null;
    }
  };

  const anchored = await step("entry_on_chain", [], async () => {
    const entry = await entryOnChain(call, trust.records, patient, record.sequence);
    const told = record.leafIndex === null ? record.manifestDigestHex : null;
    const shown = { found: entry.digestHex, ...(told === null ? {} : { expected: told }) };
    if ((told !== null && told !== entry.digestHex) || entry.author !== record.author) {
      throw new Shows(lyingNode("The contract holds another entry than the node told."), shown);
    }
    return { entry, shown };
  });

  mayLackHead = anchored !== null && anchored.entry.author === asked.reader;

  await step("head_on_chain", [anchored], async () => {
    for (const pauseMs of [...BEHIND_MS, null]) {
      const head = await headOnChain(call, trust.records, patient);
      const chain = await fetchChain(http, patient, signal);
      const from = chain.stated[record.sequence];
      if (from === undefined || anchored === null || !sameEntry(from.entry, anchored.entry)) {
        throw lyingNode("The chain that the node tells has another entry at this place.");
      }
      const links = linksFrom(chain, record.sequence);
      if (links.includes(head)) {
        return { shown: { found: head, expected: head } };
      }
      if (pauseMs === null) {
        const shown = { found: links.at(-1) ?? GENESIS_LINK_HEX, expected: head };
        throw new Shows(lyingNode("The links from this entry do not lead to the head that the contract holds."), shown);
      }
      await pause(pauseMs, signal); // an entry may have landed that the node has not heard of yet
    }
    throw new TypeError("the last try tells");
  });

  const placed = await step("inclusion", [anchored], async () => {
    const entry = (anchored as { entry: ChainEntry }).entry;
    if (entry.count === 0) {
      const ref = { patient, sequence: entry.sequence, leafIndex: null, manifestDigestHex: entry.digestHex };
      requireAnchored({ ...ref, leafIndex: record.leafIndex }, entry);
      return { digestHex: entry.digestHex, shown: { reason: "The entry is this one record." } };
    }
    const proof = await http.json("GET", `${path}/proof`, zProofAnswered, { signal });
    const digestHex = proof.manifest_digest_hex;
    const ref = { patient, sequence: entry.sequence, leafIndex: record.leafIndex, manifestDigestHex: digestHex };
    requireAnchored(ref, entry, proof.inclusion?.path_hex ?? []);
    if (record.manifestDigestHex !== null && record.manifestDigestHex !== digestHex) {
      throw lyingNode("The node lists another record than the one it proves.");
    }
    return { digestHex, shown: { found: entry.digestHex, expected: entry.digestHex } };
  });

  const fetched = await step("manifest_digest", [placed], async () => {
    const expected = (placed as { digestHex: string }).digestHex;
    const data = await http.bytes(`${path}/manifest`, LIMITS.manifestMaxBytes, signal);
    const shown = { found: sha256Hex(data), expected };
    if (shown.found !== expected) {
      throw new Shows(
        mismatch("verification.manifest_mismatch", "The bytes are not the manifest that is anchored."),
        shown,
      );
    }
    return { data, shown };
  });

  const formed = await step("manifest_form", [fetched, anchored], async () => {
    const manifest = parseManifest((fetched as { data: Uint8Array }).data);
    requireManifestOfEntry(manifest, (anchored as { entry: ChainEntry }).entry, trust);
    return { manifest, shown: { found: manifest.patient, expected: patient } };
  });

  const signed = await step("author_signature", [formed], async () => {
    const { manifest } = formed as { manifest: Manifest };
    await requireAuthorSignature(manifest, (account, digest, signature) =>
      requireContractAgrees(call, account, digest, signature),
    );
    const found = await recoverTypedDataSigner(manifestTypedData(manifest), manifest.signature).catch(
      () => manifest.author,
    );
    return { manifest, shown: { found, expected: manifest.author } };
  });

  const envelopes = await step("envelopes_cid", [formed], async () => {
    const { manifest } = formed as { manifest: Manifest };
    const data = await http.bytes(`${path}/envelopes`, LIMITS.envelopesMaxBytes, signal);
    const shown = { found: cidOfRaw(data), expected: manifest.envelopes };
    if (shown.found !== shown.expected) {
      throw new Shows(
        mismatch("verification.cid_mismatch", "The bytes are not the envelopes that the manifest names."),
        shown,
      );
    }
    return { envelopes: verifiedEnvelopes(data, manifest), shown };
  });

  await step("payload_cid", [formed], async () => {
    const { payload } = (formed as { manifest: Manifest }).manifest;
    const digest = new CiphertextDigest(payload.sizeBytes);
    for await (const piece of payloadPieces(http, `${path}/payload`, payload.sizeBytes, signal)) {
      requireNotStopped(signal);
      await digest.update(piece);
    }
    const found = await digest.finish();
    const shown = { found: found.cid, expected: payload.cid };
    if (found.cid !== payload.cid || found.sizeBytes !== payload.sizeBytes || found.sha256Hex !== payload.sha256Hex) {
      throw new Shows(
        mismatch("verification.payload_mismatch", "The payload is not the one that the manifest names."),
        shown,
      );
    }
    return { shown };
  });

  await step("keys_match", [signed, envelopes], async () => {
    const { manifest } = signed as { manifest: Manifest };
    const expected = `${manifest.recipients.descriptor} ${manifest.recipients.payload}`;
    if (asked.reader !== patient) {
      throw new MendrecError(NOT_ASKED, "Your key shares are asked for when you open the record.");
    }
    const within = (envelopes as { envelopes: Parameters<typeof openOwnEnvelope>[1] }).envelopes;
    const found = await recipientsOf(await openOwnEnvelope(reading.own(asked.reader), within));
    return { shown: { found: `${found.descriptor} ${found.payload}`, expected } };
  });

  if (failure !== null) {
    throw failure;
  }
  const missing = STEPS.filter((id) => !held.has(id) && !mayLack(id));
  if (missing.length > 0) {
    throw lyingNode(`The check is not whole: ${missing.join(", ")}.`);
  }
}

/** A contract that refuses to tell has no such thing: what the node told of it is made up. */
function requireAnswer(call: ChainCall): ChainCall {
  return async (to, data) => {
    try {
      return await call(to, data);
    } catch (thrown) {
      throw isCode(thrown, "refused") ? lyingNode("The contract does not know of this.", thrown) : thrown;
    }
  };
}

/** An error with what was compared. */
class Shows extends MendrecError {
  readonly shown: Shown;

  constructor(error: MendrecError, shown: Shown) {
    super(error.code, error.message, { remedy: error.remedy });
    this.shown = shown;
  }
}

function shownOf(thrown: unknown): Shown {
  return thrown instanceof Shows ? thrown.shown : {};
}

function mismatch(code: string, message: string): MendrecError {
  return new MendrecError(code, message, {
    remedy: "Have the copies checked and mended; if it stays so, tell the record's author.",
  });
}

/** The links of a chain from one entry on, worked out from the entries. */
function linksFrom({ stated }: Chain, sequence: number): string[] {
  let link = stated[sequence - 1]?.linkHex ?? GENESIS_LINK_HEX;
  return stated.slice(sequence).map(({ entry }) => {
    link = linkHex(link, entry);
    return link;
  });
}

async function headOnChain(call: ChainCall, records: Address, patient: Address): Promise<string> {
  const parameters = { abi: recordsAbi, functionName: "head" } as const;
  const data = await call(records, encodeFunctionData({ ...parameters, args: [patient] }));
  return decoded(() => decodeFunctionResult({ ...parameters, data })).slice(2);
}

/** The location is not compared: mending a path moves it. */
function sameEntry(one: ChainEntry, other: ChainEntry): boolean {
  return (
    one.author === other.author &&
    one.category === other.category &&
    one.digestHex === other.digestHex &&
    one.recordedAt === other.recordedAt &&
    one.count === other.count
  );
}
