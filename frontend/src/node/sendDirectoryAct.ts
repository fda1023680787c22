import { encodeFunctionData } from "viem/utils";
import { MendrecError } from "../core/errors.ts";
import { pause } from "../core/waiting.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { directoryAbi } from "../generated/contracts.ts";
import { requireChain } from "../wallet/requireChain.ts";
import { contractRefusal } from "./contractRefusal.ts";
import { readPerson } from "./readPerson.ts";
import type { Address, Client } from "./types.ts";
import { orCancelled, patiently, pausesMs } from "./waiting.ts";

export type DirectoryAct = "suspend" | "reinstate" | "revokeCredential";

const TWO_MINUTES_MS = 120_000;
/** What the directory says once the act is done. */
const IS_DONE: Readonly<Record<DirectoryAct, (person: PersonAnswered) => boolean>> = {
  suspend: ({ suspended, credential }) => suspended || credential.state === "suspended",
  reinstate: ({ suspended, credential }) => !suspended && credential.state !== "suspended",
  // A revoked credential expired at 0.
  revokeCredential: ({ credential }) => (credential.expires_at ?? 0) === 0,
};

/**
 * Suspends or reinstates a clinician, or ends a credential, by the wallet's own transaction: nobody relays these.
 *
 * Waits until the node sees it, and returns the person. Throws `refused.Directory.<Name>`, `wallet.*`, `unavailable.act_pending`.
 */
export async function sendDirectoryAct(
  client: Client,
  asked: { act: DirectoryAct; who: Address; onStep?: (step: "sign" | "sent" | "mined") => void; signal?: AbortSignal },
): Promise<PersonAnswered> {
  const { act, who, onStep, signal } = asked;
  await requireChain(client.wallet, client.trust.chainId);
  const data = encodeFunctionData({ abi: directoryAbi, functionName: act, args: [who] });
  onStep?.("sign");
  const sending = client.wallet.sendTransaction({ to: client.trust.directory, data }).catch((error: unknown) => {
    throw contractRefusal(error, "Directory", directoryAbi);
  });
  const transaction = await orCancelled(sending, signal);
  onStep?.("sent");
  for (const pauseMs of pausesMs(TWO_MINUTES_MS)) {
    const person = await patiently(
      () => readPerson(client, { address: who, ...(signal === undefined ? {} : { signal }) }),
      signal,
    );
    if (IS_DONE[act](person)) {
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
