import { encodeFunctionData } from "viem/utils";
import { MendrecError } from "../core/errors.ts";
import { contractDomain } from "../core/typedData/build.ts";
import { type Credential, clinicianCredentialTypedData } from "../core/typedData/directory.ts";
import { pause } from "../core/waiting.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { directoryAbi } from "../generated/contracts.ts";
import { requireChain } from "../wallet/requireChain.ts";
import { contractRefusal } from "./contractRefusal.ts";
import { readPerson } from "./readPerson.ts";
import type { Client } from "./types.ts";
import { orCancelled, patiently, pausesMs } from "./waiting.ts";

export type RenewalStep = "sign" | "send" | "sent" | "mined";

const TWO_MINUTES_MS = 120_000;

/**
 * Gives somebody who is a clinician already a new credential: signed by this verifier, and sent by its own wallet.
 *
 * `signatureHex`: one that was made before over exactly this credential; left out, the wallet is asked for it.
 * Waits until the node sees it. Throws `refused.Directory.<Name>`, `wallet.*`, `unavailable.act_pending`, `cancelled`.
 */
export async function renewCredential(
  client: Client,
  asked: {
    credential: Credential;
    signatureHex?: string;
    onStep?: (step: RenewalStep) => void;
    signal?: AbortSignal;
  },
): Promise<PersonAnswered> {
  const { credential, signatureHex, onStep, signal } = asked;
  const { clinician, institution, licenceCommitmentHex, issuedAt, expiresAt } = credential;
  await requireChain(client.wallet, client.trust.chainId);
  const signature = signatureHex ?? (await signed(client, credential, onStep, signal));
  const struct = {
    clinician,
    institution,
    licenceCommitment: `0x${licenceCommitmentHex}` as const,
    issuedAt,
    expiresAt,
  };
  const args = [struct, client.account, `0x${signature.replace(/^0x/, "")}`] as const;
  const data = encodeFunctionData({ abi: directoryAbi, functionName: "renewCredential", args });
  onStep?.("send");
  const sending = client.wallet.sendTransaction({ to: client.trust.directory, data }).catch((error: unknown) => {
    throw contractRefusal(error, "Directory", directoryAbi);
  });
  const transaction = await orCancelled(sending, signal);
  onStep?.("sent");
  for (const pauseMs of pausesMs(TWO_MINUTES_MS)) {
    const person = await patiently(
      () => readPerson(client, { address: clinician, ...(signal === undefined ? {} : { signal }) }),
      signal,
    );
    if (person.credential.expires_at === expiresAt) {
      onStep?.("mined");
      return person;
    }
    await pause(pauseMs, signal);
  }
  throw new MendrecError("unavailable.act_pending", "What you sent is on its way, and not done yet.", {
    remedy: "Look again in a while; the wallet shows whether it was done.",
    details: { transaction },
  });
}

async function signed(
  client: Client,
  credential: Credential,
  onStep: ((step: RenewalStep) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  onStep?.("sign");
  const domain = contractDomain("Directory", client.trust);
  const typedData = clinicianCredentialTypedData(domain, credential, client.account);
  return await orCancelled(client.wallet.signTypedData(typedData), signal);
}
