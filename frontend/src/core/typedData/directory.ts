/** Type strings of the Directory's signed acts (`contracts/src/libraries/DirectoryActs.sol`), and the credential. */
import type { Address } from "../ids.ts";
import { type Domain, iso8601Utc, type TypedData, typedData } from "./build.ts";

export const ENROL_TYPE = "Enrol(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil)";
export const PUBLISH_RECIPIENT_TYPE =
  "PublishRecipient(address who,bytes32 recipient,uint256 nonce,string signatureValidUntil)";
export const CLINICIAN_CREDENTIAL_TYPE =
  "ClinicianCredential(address clinician,address institution,address verifier," +
  "bytes32 licenceCommitment,string issuedAt,string expiresAt)";
export const ENROL_CLINICIAN_TYPE = `EnrolClinician(ClinicianCredential credential,bytes32 recipient,uint256 nonce,string signatureValidUntil)${CLINICIAN_CREDENTIAL_TYPE}`;

/** What a verifier states about a clinician. */
export type Credential = {
  readonly clinician: Address;
  readonly institution: Address;
  /** Salted hash of the licence number, 64 hex digits. */
  readonly licenceCommitmentHex: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** What the verifier signs. It carries no nonce: the Directory takes a newer `issuedAt` only. */
export function clinicianCredentialTypedData(domain: Domain, credential: Credential, verifier: Address): TypedData {
  return typedData(domain, CLINICIAN_CREDENTIAL_TYPE, credentialWords(credential, verifier));
}

/** A credential in words, for typed data. */
export function credentialWords(credential: Credential, verifier: Address) {
  return {
    clinician: credential.clinician,
    institution: credential.institution,
    verifier,
    licenceCommitment: `0x${credential.licenceCommitmentHex}`,
    issuedAt: iso8601Utc(credential.issuedAt),
    expiresAt: iso8601Utc(credential.expiresAt),
  };
}
