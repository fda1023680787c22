/**
 * The manifest: one record's public face. Canonical JSON of at most 256 KiB, stored as one raw block, so that its SHA-256
 * is the digest in its CID and the one word on chain is hash and address at once. See docs/format.md.
 */
import { parseRecipient } from "./ageRecipient.ts";
import { type Bytes, toBase64, toHex } from "./bytes.ts";
import { canonicalBytes, malformedJson, parseCanonical } from "./canonical.ts";
import { type Cid, isRawCid, parseCid, RAW_BLOCK_MAX_BYTES } from "./cid.ts";
import { MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { LIMITS } from "./limits.ts";

const KIND = "manifest";
const SIGNATURE = /^0x(?:[0-9a-f]{2})+$/;
const SIGNATURE_MIN_BYTES = 65; // r, s, v of an ordinary key; a contract wallet's (EIP-1271) may be longer
const SIGNATURE_MAX_BYTES = 4096;
const FIELDS = [
  "format",
  "kind",
  "chainId",
  "records",
  "patient",
  "author",
  "category",
  "createdAt",
  "payload",
  "descriptor",
  "recipients",
  "envelopes",
  "signature",
];

/** The public halves of a record's two keys, as `age1…`. A recombined key is checked against them. */
export type Recipients = { readonly descriptor: string; readonly payload: string };

/** The sealed payload: CID, size and SHA-256 of the *ciphertext*. */
export type PayloadRef = { readonly cid: Cid; readonly sizeBytes: number; readonly sha256Hex: string };

/** Everything of a manifest but its signature; what the author signs. */
export type ManifestBody = {
  readonly chainId: number;
  /** The Records contract: with `chainId`, the EIP-712 domain. */
  readonly records: Address;
  readonly patient: Address;
  readonly author: Address;
  /** Number in the directory's registry, 1…65535. */
  readonly category: number;
  /** Unix seconds, as the author states it. */
  readonly createdAt: number;
  readonly payload: PayloadRef;
  /** age ciphertext of the descriptor. */
  readonly sealedDescriptor: Bytes;
  readonly recipients: Recipients;
  /** CID of the first envelopes, one raw block. */
  readonly envelopes: Cid;
};

/** A manifest. Having parsed one says nothing about its signature or its place on chain. */
export type Manifest = ManifestBody & {
  /** `0x` and lower-case hex, 65…4096 bytes. */
  readonly signature: `0x${string}`;
};

/**
 * The canonical JSON of a manifest.
 *
 * @throws MendrecError `input.too_large`: longer than one raw block.
 */
export function manifestBytes(manifest: Manifest): Uint8Array {
  const { payload } = manifest;
  const data = canonicalBytes({
    format: FORMAT,
    kind: KIND,
    chainId: manifest.chainId,
    records: manifest.records,
    patient: manifest.patient,
    author: manifest.author,
    category: manifest.category,
    createdAt: manifest.createdAt,
    payload: { cid: payload.cid, sizeBytes: payload.sizeBytes, sha256Hex: payload.sha256Hex },
    descriptor: toBase64(manifest.sealedDescriptor),
    recipients: recipientsJson(manifest.recipients),
    envelopes: manifest.envelopes,
    signature: manifest.signature,
  });
  if (data.length > Math.min(LIMITS.manifestMaxBytes, RAW_BLOCK_MAX_BYTES)) {
    throw new MendrecError("input.too_large", "The manifest does not fit one block.", {
      remedy: "Shorten the descriptor.",
    });
  }
  return data;
}

/**
 * The manifest that `data` holds, unverified: see `verifying.ts`.
 *
 * @throws MendrecError `input.*`: too large, malformed or not canonical.
 */
export function parseManifest(data: Uint8Array): Manifest {
  const value = parseCanonical(data, { maxBytes: LIMITS.manifestMaxBytes, what: KIND });
  const read = new Fields(value, KIND, { required: FIELDS });
  read.requireKind(KIND);
  const payload = read.nested("payload", { required: ["cid", "sizeBytes", "sha256Hex"] });
  return {
    chainId: read.integer("chainId", { low: 1 }),
    records: read.address("records"),
    patient: read.address("patient"),
    author: read.address("author"),
    category: read.integer("category", { low: 1, high: 2 ** 16 - 1 }),
    createdAt: read.integer("createdAt", { high: 2 ** 40 - 1 }),
    payload: {
      cid: payload.parsed("cid", parseCid),
      sizeBytes: payload.integer("sizeBytes"),
      sha256Hex: payload.hex64("sha256Hex"),
    },
    sealedDescriptor: read.base64Bytes("descriptor"),
    recipients: parseRecipients(read),
    envelopes: read.parsed("envelopes", parseBlockCid),
    signature: read.parsed("signature", parseSignature),
  };
}

/** Reads `recipients` from the object that holds it. Throws `input.malformed_json`. */
export function parseRecipients(parent: Fields): Recipients {
  const nested = parent.nested("recipients", { required: ["descriptor", "payload"] });
  const recipients = {
    descriptor: nested.parsed("descriptor", parseRecipient),
    payload: nested.parsed("payload", parseRecipient),
  };
  if (recipients.descriptor === recipients.payload) {
    throw malformedJson("recipients: the two keys of a record are different keys.");
  }
  return recipients;
}

export function recipientsJson(recipients: Recipients): Recipients {
  return { descriptor: recipients.descriptor, payload: recipients.payload };
}

export function sameRecipients(one: Recipients, other: Recipients): boolean {
  return one.descriptor === other.descriptor && one.payload === other.payload;
}

/** Signature bytes as a manifest holds them. */
export function signatureHex(signature: Uint8Array): `0x${string}` {
  return `0x${toHex(signature)}`;
}

/** Any other CID could name an object of any size, which every reader and custodian would have to fetch. */
function parseBlockCid(text: string): Cid {
  const cid = parseCid(text);
  if (!isRawCid(cid)) {
    throw malformedJson("Not the CID of one raw block.");
  }
  return cid;
}

function parseSignature(text: string): `0x${string}` {
  const sizeBytes = (text.length - 2) / 2;
  if (!SIGNATURE.test(text) || sizeBytes < SIGNATURE_MIN_BYTES || sizeBytes > SIGNATURE_MAX_BYTES) {
    throw malformedJson("A signature is 0x and at least 130 lower-case hex digits.");
  }
  return text as `0x${string}`;
}
