/**
 * What belongs to what: the chain's entry, the manifest it anchors, the author's signature, and the manifest's envelopes.
 *
 * Each object is sound by itself and could still be another record's; these checks tie them together, in the order of
 * docs/format.md (rows 1 to 5).
 */
import type { ChainEntry } from "./chainLink.ts";
import { cidMismatch, digestOfRawCid } from "./cid.ts";
import { type Envelopes, parseEnvelopes } from "./envelopes.ts";
import { isCode, MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { type Manifest, parseManifest, sameRecipients } from "./manifest.ts";
import { requireIncluded } from "./merkle.ts";
import { sha256Hex } from "./sha256.ts";
import { manifestTypedData } from "./typedData/record.ts";
import { requireTypedDataSigner, typedDataDigest } from "./typedData/signature.ts";

/** Names one record: an entry, and the leaf within it where the entry is a batch. */
export type RecordRef = {
  readonly patient: Address;
  readonly sequence: number;
  /** Null for an entry that is one record. */
  readonly leafIndex: number | null;
  readonly manifestDigestHex: string;
};

/**
 * Asks the contract at an address (EIP-1271) about a digest and a signature, and throws `verification.signature` unless it
 * agrees. Given by who can read the chain.
 */
export type ContractSignatureCheck = (
  account: Address,
  digest: `0x${string}`,
  signature: `0x${string}`,
) => Promise<void>;

/** What an entry is anchored on. */
export type AnchoredOn = { readonly chainId: number; readonly records: Address };

/**
 * Checks that an entry anchors a record: as its digest, or as a leaf of its batch.
 *
 * @param pathHex the leaf's inclusion path (RFC 9162), for a batch.
 * @throws MendrecError `verification.manifest_mismatch`: another patient, place or digest; `verification.not_included`,
 * `input.leaf_index`: not that leaf of the batch.
 */
export function requireAnchored(record: RecordRef, entry: ChainEntry, pathHex: readonly string[] = []): void {
  if (record.patient !== entry.patient || record.sequence !== entry.sequence) {
    throw manifestMismatch("The record is not of this entry.");
  }
  if (entry.count === 0) {
    if (record.leafIndex !== null || pathHex.length > 0 || record.manifestDigestHex !== entry.digestHex) {
      throw manifestMismatch("This is not the manifest that the entry anchors.");
    }
    return;
  }
  if (record.leafIndex === null) {
    throw manifestMismatch("The entry is a batch; it is not said which of its records is meant.");
  }
  requireIncluded({
    leafHex: record.manifestDigestHex,
    index: record.leafIndex,
    count: entry.count,
    pathHex,
    rootHex: entry.digestHex,
  });
}

/**
 * Checks that a manifest says what the entry that anchors it says. Without this an author who may upload to one category
 * could anchor there a manifest that speaks of another category, author or patient.
 *
 * @throws MendrecError `verification.manifest_mismatch`, naming the field that differs.
 */
export function requireManifestOfEntry(manifest: Manifest, entry: ChainEntry, on: AnchoredOn): void {
  const same = {
    patient: manifest.patient === entry.patient,
    author: manifest.author === entry.author,
    category: manifest.category === entry.category,
    chain: manifest.chainId === on.chainId,
    contract: manifest.records === on.records,
  };
  for (const [name, holds] of Object.entries(same)) {
    if (!holds) {
      throw manifestMismatch(`The manifest names another ${name} than the entry that anchors it.`);
    }
  }
}

/**
 * Checks that the author signed every field of the manifest, for its chain and contract.
 *
 * @param contractSignature asked where the signature is not an ordinary key's; left out, contract wallets are refused.
 * @throws MendrecError `verification.signature`.
 */
export async function requireAuthorSignature(
  manifest: Manifest,
  contractSignature?: ContractSignatureCheck,
): Promise<void> {
  const typedData = manifestTypedData(manifest);
  try {
    await requireTypedDataSigner(typedData, manifest.signature, manifest.author);
  } catch (error) {
    if (contractSignature === undefined || !isCode(error, "verification.signature")) {
      throw error;
    }
    await contractSignature(manifest.author, typedDataDigest(typedData), manifest.signature);
  }
}

/**
 * The manifest of a record whose place was proven ({@link requireAnchored}), after rows 1 to 4.
 *
 * @param data as fetched, untrusted.
 * @throws MendrecError `verification.manifest_mismatch`, `verification.signature`, `input.*`.
 */
export async function verifiedManifest(
  data: Uint8Array,
  record: RecordRef,
  entry: ChainEntry,
  on: AnchoredOn,
  contractSignature?: ContractSignatureCheck,
): Promise<Manifest> {
  if (sha256Hex(data) !== record.manifestDigestHex) {
    throw manifestMismatch("The bytes are not the manifest that is anchored.");
  }
  const manifest = parseManifest(data);
  requireManifestOfEntry(manifest, entry, on);
  await requireAuthorSignature(manifest, contractSignature);
  return manifest;
}

/**
 * Checks that envelopes, first or rotated, speak of the manifest's patient, category and keys.
 *
 * @throws MendrecError `verification.envelopes_mismatch`, naming the field that differs.
 */
export function requireEnvelopesOfManifest(envelopes: Envelopes, manifest: Manifest): void {
  const same = {
    patient: envelopes.patient === manifest.patient,
    category: envelopes.category === manifest.category,
    keys: sameRecipients(envelopes.recipients, manifest.recipients),
  };
  for (const [name, holds] of Object.entries(same)) {
    if (!holds) {
      throw new MendrecError(
        "verification.envelopes_mismatch",
        `The envelopes name another ${name} than the manifest.`,
        { remedy: "Fetch the envelopes again; if it stays so, tell the record's author." },
      );
    }
  }
}

/**
 * The envelopes of a verified manifest, after row 5.
 *
 * @param data as fetched, untrusted.
 * @param cid the manifest's own, or a later one that the chain's event names.
 * @throws MendrecError `verification.cid_mismatch`, `verification.envelopes_mismatch`, `input.*`.
 */
export function verifiedEnvelopes(data: Uint8Array, manifest: Manifest, cid: string = manifest.envelopes): Envelopes {
  if (sha256Hex(data) !== digestOfRawCid(cid)) {
    throw cidMismatch(`The bytes are not those of ${cid}.`);
  }
  const envelopes = parseEnvelopes(data);
  requireEnvelopesOfManifest(envelopes, manifest);
  return envelopes;
}

function manifestMismatch(message: string): MendrecError {
  return new MendrecError("verification.manifest_mismatch", message, {
    remedy: "Fetch the manifest from another copy; if it stays so, tell its author and the patient.",
  });
}
