import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { requireChain } from "../wallet/requireChain.ts";
import { type ActAsked, prepareAct } from "./prepareAct.ts";
import { submitAct } from "./submitAct.ts";
import type { Client } from "./types.ts";
import { waitForAct } from "./waitForAct.ts";
import { orCancelled } from "./waiting.ts";

/** Where an act is: being prepared and checked, waiting for the wallet, given to the node, in a block. */
export type ActStep = "prepare" | "sign" | "sent" | "mined";

export type ActOptions = {
  readonly onStep?: (step: ActStep) => void;
  /** Stops it while nothing was sent; afterwards only the waiting, and the act happens all the same. */
  readonly signal?: AbortSignal;
  readonly until?: "mined" | "final";
  /** Runs after the signature and before anything is sent; what it throws stops the act. */
  readonly beforeSending?: () => Promise<void>;
};

/**
 * Prepares, checks, signs and sends an act, and waits until it is in a block.
 *
 * Throws what those throw: `verification.node`, `wallet.*`, `refused.<Contract>.<Name>`, `unavailable.act_pending`, `cancelled`.
 */
export async function doAct(
  client: Client,
  { onStep, signal, until, beforeSending, ...asked }: ActAsked & ActOptions,
): Promise<RelayedActAnswered> {
  onStep?.("prepare");
  await requireChain(client.wallet, client.trust.chainId);
  const act = await prepareAct(client, asked as ActAsked, signal === undefined ? {} : { signal });
  onStep?.("sign");
  const signature = await orCancelled(client.wallet.signTypedData(act.typedData), signal);
  await beforeSending?.();
  const sent = await submitAct(client, { act, signature, signal });
  onStep?.("sent");
  const done = await waitForAct(client, {
    actIdHex: sent.act_id_hex,
    signal,
    ...(until === undefined ? {} : { until }),
  });
  onStep?.("mined");
  return done;
}
