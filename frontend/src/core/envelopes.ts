/**
 * Envelopes: a record's keys, sealed to the patient and, as Shamir shares, to each custodian. Canonical JSON.
 *
 * What is outside is readable to anyone who gets the object and is bound to nothing but itself; what counts for a release
 * is *inside* each share's encryption (`share.ts`).
 */
import { type Bytes, toBase64 } from "./bytes.ts";
import { canonicalBytes, malformedJson, parseCanonical } from "./canonical.ts";
import { RAW_BLOCK_MAX_BYTES } from "./cid.ts";
import { MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { LIMITS } from "./limits.ts";
import { parseRecipients, type Recipients, recipientsJson } from "./manifest.ts";

const KIND = "envelopes";
const FIELDS = ["format", "kind", "patient", "category", "recipients", "patientEnvelope", "threshold", "custodians"];

/** A record's two keys. */
export type KeyName = "descriptor" | "payload";
export const KEY_NAMES: readonly KeyName[] = ["descriptor", "payload"];

/** The two acts of reading: seeing that an entry exists, and opening it. */
export type Act = "LIST" | "OPEN";

/** The keys that an act needs: LIST the descriptor's, OPEN both. */
export function keysFor(act: Act): readonly KeyName[] {
  return act === "LIST" ? ["descriptor"] : KEY_NAMES;
}

/** One share, age-encrypted to its custodian, and the commitment to its plain bytes. */
export type SealedShare = { readonly commitmentHex: string; readonly sealed: Bytes };

/** What one custodian keeps of one record; `index` counts from 1, in the order of the list. */
export type CustodianEnvelope = {
  readonly custodian: Address;
  readonly index: number;
  readonly shares: Readonly<Record<KeyName, SealedShare>>;
};

/** The envelopes of one record. `threshold` 0 and no custodians: private, only the patient opens it. */
export type Envelopes = {
  readonly patient: Address;
  readonly category: number;
  readonly recipients: Recipients;
  /** age ciphertext, to the patient's recipient, of both keys. */
  readonly patientEnvelope: Bytes;
  readonly threshold: number;
  readonly custodians: readonly CustodianEnvelope[];
};

/** Throws `input.malformed_json` unless threshold, numbering and names fit each other. */
export function requireEnvelopes(envelopes: Envelopes): void {
  const { threshold, custodians } = envelopes;
  const total = custodians.length;
  if (!((threshold >= 1 && threshold <= total) || (threshold === 0 && total === 0))) {
    throw malformedJson("envelopes.threshold does not fit the number of custodians.");
  }
  if (custodians.some((envelope, position) => envelope.index !== position + 1)) {
    throw malformedJson("envelopes.custodians are not numbered from 1 in order.");
  }
  if (new Set(custodians.map((envelope) => envelope.custodian)).size !== total) {
    throw malformedJson("envelopes.custodians names one custodian twice.");
  }
}

/** What `custodian` keeps. Throws `not_found.custodian`; a private record has nothing for anybody. */
export function envelopeOfCustodian(envelopes: Envelopes, custodian: Address): CustodianEnvelope {
  const found = envelopes.custodians.find((envelope) => envelope.custodian === custodian);
  if (found === undefined) {
    throw new MendrecError("not_found.custodian", `${custodian} holds no share of this record.`, {
      details: { custodian },
    });
  }
  return found;
}

/**
 * The canonical JSON of envelopes.
 *
 * @throws MendrecError `input.too_large`: too many custodians for one block; `input.malformed_json`.
 */
export function envelopesBytes(envelopes: Envelopes): Uint8Array {
  requireEnvelopes(envelopes);
  const data = canonicalBytes({
    format: FORMAT,
    kind: KIND,
    patient: envelopes.patient,
    category: envelopes.category,
    recipients: recipientsJson(envelopes.recipients),
    patientEnvelope: toBase64(envelopes.patientEnvelope),
    threshold: envelopes.threshold,
    custodians: envelopes.custodians.map(custodianToJson),
  });
  if (data.length > Math.min(LIMITS.envelopesMaxBytes, RAW_BLOCK_MAX_BYTES)) {
    throw new MendrecError("input.too_large", "The envelopes do not fit one block.", {
      remedy: "Name fewer custodians.",
    });
  }
  return data;
}

/**
 * The envelopes that `data` holds; whether they belong to a manifest is checked apart (`verifying.ts`).
 *
 * @throws MendrecError `input.*`: too large, malformed or not canonical.
 */
export function parseEnvelopes(data: Uint8Array): Envelopes {
  const value = parseCanonical(data, { maxBytes: LIMITS.envelopesMaxBytes, what: KIND });
  const fields = new Fields(value, KIND, { required: FIELDS });
  fields.requireKind(KIND);
  const custodians = fields.objects("custodians", { maxCount: LIMITS.custodiansMaxCount });
  const envelopes: Envelopes = {
    patient: fields.address("patient"),
    category: fields.integer("category", { low: 1, high: 2 ** 16 - 1 }),
    recipients: parseRecipients(fields),
    patientEnvelope: fields.base64Bytes("patientEnvelope"),
    threshold: fields.integer("threshold", { high: LIMITS.custodiansMaxCount }),
    custodians: custodians.map(parseCustodian),
  };
  requireEnvelopes(envelopes);
  return envelopes;
}

function custodianToJson(envelope: CustodianEnvelope) {
  return {
    custodian: envelope.custodian,
    index: envelope.index,
    shares: {
      descriptor: sealedShareToJson(envelope.shares.descriptor),
      payload: sealedShareToJson(envelope.shares.payload),
    },
  };
}

function sealedShareToJson(share: SealedShare) {
  return { commitment: share.commitmentHex, sealed: toBase64(share.sealed) };
}

function parseCustodian(value: unknown): CustodianEnvelope {
  const fields = new Fields(value, "envelopes.custodians", { required: ["custodian", "index", "shares"] });
  const shares = fields.nested("shares", { required: KEY_NAMES });
  return {
    custodian: fields.address("custodian"),
    index: fields.integer("index", { low: 1, high: LIMITS.custodiansMaxCount }),
    shares: { descriptor: parseSealedShare(shares, "descriptor"), payload: parseSealedShare(shares, "payload") },
  };
}

function parseSealedShare(shares: Fields, key: KeyName): SealedShare {
  const fields = shares.nested(key, { required: ["commitment", "sealed"] });
  return { commitmentHex: fields.hex64("commitment"), sealed: fields.base64Bytes("sealed") };
}
