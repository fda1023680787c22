import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type Credential = {
  readonly institution: Address;
  readonly licenceCommitmentHex: string;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds. */
  readonly expiresAt: number;
};

export type EnrollingClinician = {
  /** `age1…` */
  readonly recipient: string;
  readonly verifier: Address;
  readonly verifierSignatureHex: string;
  readonly credential: Credential;
};

/** Enrols oneself as a clinician, by a credential that a verifier signed. */
export async function enrolClinician(
  client: Client,
  { recipient, verifier, verifierSignatureHex, credential, ...options }: EnrollingClinician & ActOptions,
): Promise<RelayedActAnswered> {
  const params = {
    recipient,
    verifier,
    verifier_signature_hex: verifierSignatureHex,
    credential: {
      clinician: client.account,
      institution: credential.institution,
      licence_commitment_hex: credential.licenceCommitmentHex,
      issued_at: credential.issuedAt,
      expires_at: credential.expiresAt,
    },
  };
  return await doAct(client, { kind: "enrol_clinician", params, ...options });
}
