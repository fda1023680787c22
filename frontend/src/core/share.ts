/**
 * One Shamir share and what it belongs to: the plaintext of a custodian's envelope.
 *
 * [Note: a share carries its binding] Chain, contract, patient, category, the record's recipients, the key and the custodian
 * are inside the encryption, where only who sealed it could write them; see docs/format.md.
 */
import { type Bytes, concatBytes, toBase64, toUtf8 } from "./bytes.ts";
import { canonicalBytes, malformedJson, parseCanonical } from "./canonical.ts";
import { type Envelopes, envelopeOfCustodian, type KeyName } from "./envelopes.ts";
import { MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { LIMITS } from "./limits.ts";
import { type ManifestBody, parseRecipients, type Recipients, recipientsJson, sameRecipients } from "./manifest.ts";
import { sha256Hex } from "./sha256.ts";
import { SHARE_COMMITMENT } from "./tags.ts";

/** 32 bytes of the key's share and one x-coordinate (Vault's form). */
export const SHARE_BYTES = 33;
const KIND = "share";
const SHARE_JSON_MAX_BYTES = 4096;
const FIELDS = [
  "format",
  "kind",
  "chainId",
  "records",
  "patient",
  "category",
  "recipients",
  "key",
  "threshold",
  "total",
  "index",
  "custodian",
  "share",
];

/** What the keys of one record belong to. */
export type RecordBinding = {
  readonly chainId: number;
  readonly records: Address;
  readonly patient: Address;
  readonly category: number;
  readonly recipients: Recipients;
};

/** One custodian's share of one key of one record. */
export type Share = {
  readonly binding: RecordBinding;
  readonly key: KeyName;
  readonly threshold: number;
  readonly total: number;
  /** Which of `total`, from 1. */
  readonly index: number;
  readonly custodian: Address;
  readonly shareBytes: Bytes;
};

/** What a manifest says of itself; as good as the check that it is the anchored one. */
export function bindingOf(manifest: ManifestBody): RecordBinding {
  const { chainId, records, patient, category, recipients } = manifest;
  return { chainId, records, patient, category, recipients };
}

/** SHA-256("mendrec/share-commitment/v1" ‖ share bytes), in hex. */
export function commitmentHex(shareBytes: Uint8Array): string {
  return sha256Hex(concatBytes(toUtf8(SHARE_COMMITMENT), shareBytes));
}

/** The canonical JSON, which is only ever written into an age encryption. */
export function shareToBytes(share: Share): Uint8Array {
  const { binding } = share;
  return canonicalBytes({
    format: FORMAT,
    kind: KIND,
    chainId: binding.chainId,
    records: binding.records,
    patient: binding.patient,
    category: binding.category,
    recipients: recipientsJson(binding.recipients),
    key: share.key,
    threshold: share.threshold,
    total: share.total,
    index: share.index,
    custodian: share.custodian,
    share: toBase64(share.shareBytes),
  });
}

/**
 * The share that an opened envelope holds.
 *
 * @throws MendrecError `input.*`: malformed, not canonical, or numbers that do not fit each other.
 */
export function parseShare(data: Uint8Array): Share {
  const stated = new Fields(parseCanonical(data, { maxBytes: SHARE_JSON_MAX_BYTES, what: KIND }), KIND, {
    required: FIELDS,
  });
  stated.requireKind(KIND);
  const total = stated.integer("total", { low: 1, high: LIMITS.custodiansMaxCount });
  const shareBytes = stated.base64Bytes("share");
  if (shareBytes.length !== SHARE_BYTES || shareBytes[SHARE_BYTES - 1] === 0) {
    throw malformedJson("share.share is not 32 bytes and an x-coordinate that is not 0.");
  }
  return {
    binding: {
      chainId: stated.integer("chainId", { low: 1 }),
      records: stated.address("records"),
      patient: stated.address("patient"),
      category: stated.integer("category", { low: 1, high: 2 ** 16 - 1 }),
      recipients: parseRecipients(stated),
    },
    key: stated.parsed("key", parseKeyName),
    threshold: stated.integer("threshold", { low: 1, high: total }),
    total,
    index: stated.integer("index", { low: 1, high: total }),
    custodian: stated.address("custodian"),
    shareBytes,
  };
}

/**
 * Checks what a share says it belongs to, against what the chain and the manifest say is asked for.
 *
 * @throws MendrecError `verification.share_binding`: any of it differs.
 */
export function checkShareBinding(share: Share, binding: RecordBinding, custodian: Address): void {
  if (share.custodian !== custodian) {
    throw bindingError("The share was made for another custodian than the one that is asked.", custodian);
  }
  const stated = share.binding;
  const same = {
    chain: stated.chainId === binding.chainId,
    contract: stated.records === binding.records,
    patient: stated.patient === binding.patient,
    category: stated.category === binding.category,
    recipients: sameRecipients(stated.recipients, binding.recipients),
  };
  for (const [name, holds] of Object.entries(same)) {
    if (!holds) {
      throw bindingError(`The share was made for another ${name} than the record it is asked for.`, custodian);
    }
  }
}

/** Throws `verification.wrong_share`, naming the custodian, unless the share's bytes are those committed to. */
export function checkCommitment(share: Share, expectedHex: string): void {
  if (commitmentHex(share.shareBytes) !== expectedHex) {
    throw wrongShare(share.custodian);
  }
}

/**
 * Checks one share of a reader's: from a custodian that the envelopes name, of this record, key and sharing, and the one that
 * was committed to (docs/format.md, rows 8).
 *
 * @throws MendrecError `not_found.custodian`, `verification.share_binding`, `verification.wrong_share`.
 */
export function requireShare(share: Share, envelopes: Envelopes, key: KeyName, binding: RecordBinding): void {
  const envelope = envelopeOfCustodian(envelopes, share.custodian);
  checkShareBinding(share, binding, envelope.custodian);
  const isOfSharing =
    share.key === key &&
    share.index === envelope.index &&
    share.threshold === envelopes.threshold &&
    share.total === envelopes.custodians.length;
  if (!isOfSharing) {
    throw bindingError(`The share from custodian ${share.custodian} is of another key or sharing.`, share.custodian);
  }
  checkCommitment(share, envelope.shares[key].commitmentHex);
}

/** `verification.wrong_share`: a share is not the one that was committed to when the record was sealed. */
export function wrongShare(custodian: Address): MendrecError {
  return new MendrecError(
    "verification.wrong_share",
    `The share from custodian ${custodian} is not the one that was committed to.`,
    { remedy: "Ask another custodian, and report the one named.", details: { custodian } },
  );
}

function bindingError(message: string, custodian: Address): MendrecError {
  return new MendrecError("verification.share_binding", message, {
    remedy: "Nothing was released. The record's envelopes were not made for it: report its author.",
    details: { custodian },
  });
}

function parseKeyName(text: string): KeyName {
  if (text !== "descriptor" && text !== "payload") {
    throw malformedJson("share.key is not a key's name.");
  }
  return text;
}
