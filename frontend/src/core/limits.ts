/** Every limit in one place, from the node's own (`domain/limits.py`, by way of `src/generated/limits.json`). */
import limits from "../generated/limits.json";

const AGE_HEADER_MAX_BYTES = 64 * 1024;
const AGE_CHUNK_BYTES = 64 * 1024;
const AGE_TAG_BYTES = 16;

export const LIMITS = {
  /** What the node answers in JSON: the page's own bound. */
  answerMaxBytes: 16 * 1024 ** 2,
  /** A single file before sealing. */
  payloadMaxBytes: limits.payload_max_bytes,
  /** One raw block, so that the manifest's SHA-256 is its CID's digest. */
  manifestMaxBytes: limits.manifest_max_bytes,
  envelopesMaxBytes: limits.envelopes_max_bytes,
  fhirBundleMaxBytes: limits.fhir_bundle_max_bytes,
  /** FHIR resources that one import holds until they are sealed. */
  intakeInMemoryMaxBytes: limits.intake_in_memory_max_bytes,
  /** Faults that one refusal lists; it counts them all. */
  intakeMaxFaults: limits.intake_max_faults,
  jsonMaxDepth: limits.json_max_depth,
  /** Commas and opening brackets: bounds the memory that parsing takes, whatever the text. */
  jsonMaxValues: limits.json_max_values,
  /** One sealed thing in a person's safe. */
  safeItemMaxBytes: limits.safe_item_max_bytes,
  custodiansMaxCount: limits.custodians_max_count,
  batchMaxLeaves: limits.batch_max_leaves,
  /** Records in one signed release request. */
  releaseMaxRecords: limits.release_max_records,
  /** How far ahead the deadline of a release request may lie, in seconds. */
  releaseMaxLifetimeS: limits.release_max_lifetime_s,
  clockSkewMaxS: limits.clock_skew_max_s,
  /** Records in one upload. */
  uploadMaxRecords: limits.upload_max_records,
  /** One part of an object. */
  uploadPartMaxBytes: limits.upload_part_max_bytes,
  uploadSignatureS: limits.upload_signature_s,
  copyChunkBytes: limits.copy_chunk_bytes,
  /** The largest object there is, a sealed payload in bytes: age adds its header and, to each chunk, a tag. */
  objectMaxBytes:
    limits.payload_max_bytes +
    (Math.floor(limits.payload_max_bytes / AGE_CHUNK_BYTES) + 1) * AGE_TAG_BYTES +
    AGE_HEADER_MAX_BYTES,
} as const;
