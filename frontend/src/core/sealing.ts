/**
 * Sealing a record: from a file and a description to the objects that are stored and the digest that is anchored.
 *
 * Both keys are made here, used, and forgotten: whoever seals keeps no way to open. The other direction is `opening.ts`;
 * docs/format.md is the format.
 */
import { sealTo } from "./age.ts";
import { identityToBytes } from "./ageRecipient.ts";
import { asBytes, type Bytes, equalBytes } from "./bytes.ts";
import { type Cid, cidOfRaw } from "./cid.ts";
import { type Descriptor, descriptorBytes } from "./descriptor.ts";
import { type CustodianEnvelope, type Envelopes, envelopesBytes, type KeyName, parseEnvelopes } from "./envelopes.ts";
import { MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { LIMITS } from "./limits.ts";
import { type Manifest, type ManifestBody, manifestBytes, parseManifest } from "./manifest.ts";
import { type PayloadOptions, type PayloadSink, type PayloadSource, sealPayload } from "./payloadStream.ts";
import { newRecordKeys, type RecordKeys, recipientsOf, sealPatientEnvelope } from "./recordKeys.ts";
import { sha256Hex } from "./sha256.ts";
import { invalidThreshold, split } from "./shamir.ts";
import { commitmentHex, type RecordBinding, type Share, shareToBytes } from "./share.ts";

/** A custodian and the age recipient that it publishes in the directory. */
export type CustodianKey = { readonly address: Address; readonly recipient: string };

/** Who gets keys. No custodians and threshold 0: a private entry, which only the patient opens. */
export type SealedTo = {
  readonly patientRecipient: string;
  readonly custodians: readonly CustodianKey[];
  readonly threshold: number;
};

/** What is to be sealed, apart from the file itself. */
export type RecordDraft = {
  readonly chainId: number;
  /** The Records contract it will be anchored in. */
  readonly records: Address;
  readonly patient: Address;
  readonly author: Address;
  readonly category: number;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly descriptor: Descriptor;
};

/** Sealed, but for the author's signature. Holds no key. The payload's ciphertext went to the sink. */
export type UnsignedRecord = { readonly body: ManifestBody; readonly envelopesBytes: Bytes };

/** A sealed record, ready to be stored and anchored. */
export type SealedRecord = {
  readonly manifest: Manifest;
  readonly manifestBytes: Bytes;
  /** What is anchored: an entry's digest, or a leaf of a batch. */
  readonly manifestDigestHex: string;
  readonly manifestCid: Cid;
  readonly envelopesBytes: Bytes;
  readonly envelopesCid: Cid;
};

/**
 * Seals a file under fresh keys, in one pass and bounded memory, and has the author sign the manifest
 * (`typedData/record.ts`).
 *
 * What is in `sink` is to be discarded when this throws `input.too_large` (the file, found while streaming, or the
 * descriptor), `input.threshold`, `input.malformed_recipient`, `cancelled`, or what source, sink and `sign` throw.
 */
export async function sealRecord(
  draft: RecordDraft,
  source: PayloadSource,
  sink: PayloadSink,
  to: SealedTo,
  sign: (body: ManifestBody) => Promise<`0x${string}`>,
  options: PayloadOptions = {},
): Promise<SealedRecord> {
  const unsigned = await sealUnsigned(draft, source, sink, to, options);
  return withSignature(unsigned, await sign(unsigned.body));
}

/** Does what {@link sealRecord} does up to the signature, so that signing can wait, be refused and be asked again. */
export async function sealUnsigned(
  draft: RecordDraft,
  source: PayloadSource,
  sink: PayloadSink,
  to: SealedTo,
  options: PayloadOptions = {},
): Promise<UnsignedRecord> {
  const { descriptor, ...facts } = draft;
  const keys = await newRecordKeys();
  const recipients = await recipientsOf(keys);
  // What can be refused is refused before the long work: envelopes and descriptor first, the payload after.
  const envelopes = await makeEnvelopes(keys, { ...bindingOfDraft(draft), recipients }, to);
  const sealedEnvelopes = asBytes(envelopesBytes(envelopes));
  const sealedDescriptor = await sealTo(recipients.descriptor, descriptorBytes(descriptor));
  const payload = await sealPayload(recipients.payload, source, sink, {
    ...options,
    maxBytes: LIMITS.payloadMaxBytes,
  });
  const body: ManifestBody = {
    ...facts,
    payload,
    sealedDescriptor,
    recipients,
    envelopes: cidOfRaw(sealedEnvelopes),
  };
  return { body, envelopesBytes: sealedEnvelopes };
}

/** The record with its author's signature, read back. Throws `input.too_large`, `sealing.fault`. */
export function withSignature(unsigned: UnsignedRecord, signature: `0x${string}`): SealedRecord {
  const manifest: Manifest = { ...unsigned.body, signature: signature.toLowerCase() as `0x${string}` };
  const data = asBytes(manifestBytes(manifest));
  requireReadsBack(data, unsigned.envelopesBytes);
  return {
    manifest,
    manifestBytes: data,
    manifestDigestHex: sha256Hex(data),
    manifestCid: cidOfRaw(data),
    envelopesBytes: unsigned.envelopesBytes,
    envelopesCid: manifest.envelopes,
  };
}

/**
 * Seals both keys to the patient, and a share of each to every custodian.
 *
 * Throws `input.threshold`: it does not fit the number of custodians; `input.malformed_json`: one named twice;
 * `input.malformed_recipient`.
 */
export async function makeEnvelopes(keys: RecordKeys, binding: RecordBinding, to: SealedTo): Promise<Envelopes> {
  const { custodians, threshold } = to;
  const isShared = 1 <= threshold && threshold <= custodians.length && custodians.length <= LIMITS.custodiansMaxCount;
  const isPrivate = threshold === 0 && custodians.length === 0;
  if (!isShared && !isPrivate) {
    throw invalidThreshold(`${threshold} of ${custodians.length} custodians is not a possible sharing.`);
  }
  const descriptor = await sharesOf(keys, "descriptor", to);
  const payload = await sharesOf(keys, "payload", to);
  const sealShare = async (shares: readonly Bytes[], key: KeyName, position: number, custodian: CustodianKey) => {
    const shareBytes = shares[position] ?? new Uint8Array(0);
    const share: Share = {
      binding,
      key,
      threshold,
      total: custodians.length,
      index: position + 1,
      custodian: custodian.address,
      shareBytes,
    };
    return {
      commitmentHex: commitmentHex(shareBytes),
      sealed: await sealTo(custodian.recipient, shareToBytes(share)),
    };
  };
  const envelope = async (custodian: CustodianKey, position: number): Promise<CustodianEnvelope> => ({
    custodian: custodian.address,
    index: position + 1,
    shares: {
      descriptor: await sealShare(descriptor, "descriptor", position, custodian),
      payload: await sealShare(payload, "payload", position, custodian),
    },
  });
  return {
    patient: binding.patient,
    category: binding.category,
    recipients: binding.recipients,
    patientEnvelope: await sealPatientEnvelope(keys, binding, to.patientRecipient),
    threshold,
    custodians: await Promise.all(custodians.map(envelope)),
  };
}

async function sharesOf(keys: RecordKeys, key: KeyName, { custodians, threshold }: SealedTo): Promise<Bytes[]> {
  return custodians.length === 0 ? [] : split(identityToBytes(keys[key]), { total: custodians.length, threshold });
}

function bindingOfDraft(draft: RecordDraft): Omit<RecordBinding, "recipients"> {
  const { chainId, records, patient, category } = draft;
  return { chainId, records, patient, category };
}

function requireReadsBack(manifest: Bytes, envelopes: Bytes): void {
  try {
    const again = manifestBytes(parseManifest(manifest));
    if (equalBytes(again, manifest) && equalBytes(envelopesBytes(parseEnvelopes(envelopes)), envelopes)) {
      return;
    }
  } catch (cause) {
    throw sealingFault(cause);
  }
  throw sealingFault();
}

function sealingFault(cause?: unknown): MendrecError {
  return new MendrecError("sealing.fault", "The sealed record does not read back.", {
    remedy: "Report this; nothing was stored.",
    cause,
  });
}
