/** Acts of the Directory, from their parameters to a call and the words to be signed (`services/act_drafts.py`). */
import type { Address } from "../ids.ts";
import {
  type Credential,
  credentialWords,
  ENROL_CLINICIAN_TYPE,
  ENROL_TYPE,
  PUBLISH_RECIPIENT_TYPE,
} from "../typedData/directory.ts";
import type { Draft, Facts } from "./draft.ts";
import { malformedParams, type ParamsReader } from "./paramsReader.ts";

const SIGNATURE_MAX_CHARS = 32_768;
const SIGNATURE_HEX = /^(?:0x)?(?:[0-9a-fA-F]{2})+$/;

export function draftEnrol(_facts: Facts, signer: Address, params: ParamsReader): Draft {
  const recipient = `0x${params.recipientHex("recipient")}`;
  return {
    contract: "Directory",
    function: "enrolBySig",
    args: [signer, recipient],
    encodedType: ENROL_TYPE,
    message: { who: signer, recipient },
  };
}

export function draftPublishRecipient(_facts: Facts, signer: Address, params: ParamsReader): Draft {
  const recipient = `0x${params.recipientHex("recipient")}`;
  return {
    contract: "Directory",
    function: "publishRecipientBySig",
    args: [signer, recipient],
    encodedType: PUBLISH_RECIPIENT_TYPE,
    message: { who: signer, recipient },
  };
}

export function draftEnrolClinician(_facts: Facts, signer: Address, params: ParamsReader): Draft {
  const recipient = `0x${params.recipientHex("recipient")}`;
  const verifier = params.address("verifier");
  const verifierSignature = params.text("verifier_signature_hex", SIGNATURE_MAX_CHARS);
  if (!SIGNATURE_HEX.test(verifierSignature)) {
    throw malformedParams("verifier_signature_hex is not bytes as hex.");
  }
  const credential = readCredential(params.object("credential"));
  if (credential.clinician !== signer) {
    throw malformedParams("The credential is somebody else's.", "Present your own.");
  }
  const struct = {
    clinician: credential.clinician,
    institution: credential.institution,
    licenceCommitment: `0x${credential.licenceCommitmentHex}`,
    issuedAt: credential.issuedAt,
    expiresAt: credential.expiresAt,
  };
  return {
    contract: "Directory",
    function: "enrolClinicianBySig",
    args: [recipient, struct, verifier, `0x${verifierSignature.replace(/^0x/, "")}`],
    encodedType: ENROL_CLINICIAN_TYPE,
    message: { credential: credentialWords(credential, verifier), recipient },
  };
}

function readCredential(stated: ParamsReader): Credential {
  const credential = {
    clinician: stated.address("clinician"),
    institution: stated.address("institution"),
    licenceCommitmentHex: stated.digestHex("licence_commitment_hex"),
    issuedAt: stated.number("issued_at", 40),
    expiresAt: stated.number("expires_at", 40),
  };
  stated.requireAllRead();
  return credential;
}
