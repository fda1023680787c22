import { MendrecError } from "../core/errors.ts";
import type { Application } from "./applications.ts";
import { type SettingUp, setUpIdentity } from "./setUpIdentity.ts";
import type { Address, Client } from "./types.ts";

/**
 * Enrols a clinician by an application that a verifier signed, as `setUpIdentity` does for a patient.
 *
 * Throws `input.application_not_signed` where no verifier signed it yet.
 */
export async function setUpClinician(
  client: Client,
  { application, ...asked }: Omit<SettingUp, "publish"> & { readonly application: Application },
): Promise<string> {
  const { credential, verifier, verifier_signature_hex } = application;
  if (application.state !== "signed" || credential === null || verifier === null || verifier_signature_hex === null) {
    throw new MendrecError("input.application_not_signed", "No verifier has signed this application yet.", {
      remedy: "Wait until it is signed.",
    });
  }
  return await setUpIdentity(client, {
    ...asked,
    publish: (recipient) => ({
      kind: "enrol_clinician",
      params: {
        recipient,
        verifier: verifier as Address,
        verifier_signature_hex,
        credential: {
          clinician: client.account,
          institution: application.institution as Address,
          licence_commitment_hex: application.licence_commitment_hex,
          issued_at: credential.issued_at,
          expires_at: credential.expires_at,
        },
      },
    }),
  });
}
