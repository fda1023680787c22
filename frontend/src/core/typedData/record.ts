/** Typed data that is signed off chain: manifests and identity backups (`domain/typed_data_record.py`). */
import type { Address } from "../ids.ts";
import { FORMAT } from "../jsonFields.ts";
import type { ManifestBody } from "../manifest.ts";
import { sha256Hex } from "../sha256.ts";
import { type TypedData, typedData } from "./build.ts";

const BACKUP_STATEMENT =
  "Unlock the backup of my Mendrec key. Sign this only on the site named here, and nowhere else.";
const MANIFEST_TYPE =
  "RecordManifest(string format,address patient,address author,uint16 category,uint40 createdAt,string payloadCid," +
  "uint64 payloadSizeBytes,bytes32 payloadSha256,bytes32 descriptorSha256,string descriptorRecipient," +
  "string payloadRecipient,string envelopesCid)";
const BACKUP_TYPE = "IdentityBackup(string statement,string site,address account)";

/**
 * What the author signs: every field of the manifest; chain and contract are the domain. The sealed descriptor stands as its
 * SHA-256, so that a wallet can show the message.
 */
export function manifestTypedData(body: ManifestBody): TypedData {
  const domain = {
    name: "Mendrec Record",
    version: "1",
    chainId: body.chainId,
    verifyingContract: body.records,
  };
  return typedData(domain, MANIFEST_TYPE, {
    format: FORMAT,
    patient: body.patient,
    author: body.author,
    category: body.category,
    createdAt: body.createdAt,
    payloadCid: body.payload.cid,
    payloadSizeBytes: body.payload.sizeBytes,
    payloadSha256: `0x${body.payload.sha256Hex}`,
    descriptorSha256: `0x${sha256Hex(body.sealedDescriptor)}`,
    descriptorRecipient: body.recipients.descriptor,
    payloadRecipient: body.recipients.payload,
    envelopesCid: body.envelopes,
  });
}

/**
 * What a wallet signs to derive the key of its identity backup. The domain has neither chain nor contract: the same wallet
 * restores the same identity wherever the records are.
 */
export function identityBackupTypedData(account: Address, site: string): TypedData {
  return typedData({ name: "Mendrec Identity", version: "1" }, BACKUP_TYPE, {
    statement: BACKUP_STATEMENT,
    site,
    account,
  });
}
