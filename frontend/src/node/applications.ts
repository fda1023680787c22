/** The paperwork of staff: a clinician applies, their institution confirms, a verifier signs. */
import type * as z from "zod/mini";
import { contractDomain } from "../core/typedData/build.ts";
import { clinicianCredentialTypedData } from "../core/typedData/directory.ts";
import { zApplicationAnswered, zApplicationsAnswered } from "../generated/api/zod.gen.ts";
import { requireChain } from "../wallet/requireChain.ts";
import { allPages, newIdempotencyKey } from "./http.ts";
import { path } from "./path.ts";
import type { Address, Client } from "./types.ts";
import { orCancelled } from "./waiting.ts";

export type Application = z.output<typeof zApplicationAnswered>;

/** Applies at an institution. `licenceCommitmentHex`: see `licenceCommitment`. */
export async function applyAt(
  client: Client,
  asked: { institution: Address; displayName: string; licenceCommitmentHex: string; signal?: AbortSignal },
): Promise<Application> {
  const { institution, displayName, licenceCommitmentHex, signal } = asked;
  const body = { institution, display_name: displayName, licence_commitment_hex: licenceCommitmentHex };
  const asking = { idempotencyKey: newIdempotencyKey(), signal };
  return await client.http.post("/v1/applications", zApplicationAnswered, body, asking);
}

/** One's own applications, newest first. */
export async function listOwnApplications(
  client: Client,
  { signal }: { signal?: AbortSignal } = {},
): Promise<readonly Application[]> {
  return await allPages((cursor) =>
    client.http.get("/v1/me/applications", zApplicationsAnswered, { query: { cursor, limit: 200 }, signal }),
  );
}

/** The applications to an institution, newest first; for it, and for verifiers. */
export async function listApplications(
  client: Client,
  { institution, state, signal }: { institution: Address; state?: Application["state"]; signal?: AbortSignal },
): Promise<readonly Application[]> {
  const url = path`/v1/institutions/${institution}/applications`;
  return await allPages((cursor) =>
    client.http.get(url, zApplicationsAnswered, { query: { cursor, state, limit: 200 }, signal }),
  );
}

/** The institution confirms that somebody works there; or it, or a verifier, declines, with a reason. */
export async function decideApplication(
  client: Client,
  asked: { applicationId: string; decision: "confirm" | "decline"; reason?: string; signal?: AbortSignal },
): Promise<Application> {
  const { applicationId, decision, reason, signal } = asked;
  const body = { decision, ...(reason === undefined || reason === "" ? {} : { reason }) };
  return await client.http.post(path`/v1/applications/${applicationId}/decision`, zApplicationAnswered, body, {
    signal,
  });
}

/**
 * A verifier signs the credential of a confirmed application; the clinician enrols with it.
 *
 * The typed data is made here from what was shown. `now`: Unix seconds.
 */
export async function signApplication(
  client: Client,
  asked: { application: Application; expiresAt: number; now?: number; signal?: AbortSignal },
): Promise<Application> {
  const { application, expiresAt, now = client.http.now(), signal } = asked;
  await requireChain(client.wallet, client.trust.chainId);
  const typedData = clinicianCredentialTypedData(
    contractDomain("Directory", client.trust),
    {
      clinician: application.applicant as Address,
      institution: application.institution as Address,
      licenceCommitmentHex: application.licence_commitment_hex,
      issuedAt: now,
      expiresAt,
    },
    client.account,
  );
  const signature = await orCancelled(client.wallet.signTypedData(typedData), signal);
  const body = {
    decision: "sign",
    credential: { issued_at: now, expires_at: expiresAt },
    verifier_signature_hex: signature,
  };
  const url = path`/v1/applications/${application.application_id}/decision`;
  return await client.http.post(url, zApplicationAnswered, body, { signal });
}
