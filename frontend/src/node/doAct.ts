import { signedActIdHex } from "../core/acts/signedAct.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { requireChain } from "../wallet/requireChain.ts";
import { type ActAsked, prepareAct } from "./prepareAct.ts";
import { requireOnChain } from "./requireOnChain.ts";
import { submitAct } from "./submitAct.ts";
import type { Client } from "./types.ts";
import { waitForAct } from "./waitForAct.ts";
import { orCancelled } from "./waiting.ts";

/** Where an act is: prepared and checked, waiting for the wallet, given to the node and waited for, in a block and seen there. */
export type ActStep = "prepare" | "sign" | "sent" | "mined";

/** What is signed and not sent: by its id, and until when (Unix seconds) a contract would take it. */
export type SignedOnly = { readonly actIdHex: string; readonly deadlineAt: number };

export type ActOptions = {
  readonly onStep?: (step: ActStep) => void;
  /** Stops it while nothing was sent; afterwards only the waiting, and the act may happen all the same. */
  readonly signal?: AbortSignal;
  readonly until?: "mined" | "final";
  /** Runs after the signature and before anything is sent; what it throws stops the act. */
  readonly beforeSending?: (act: SignedOnly) => Promise<void>;
};

/**
 * Prepares, checks, signs and sends an act, and waits until it is in a block, by what the node says and by the chain itself.
 *
 * Throws what those throw: `verification.node`, `wallet.*`, `refused.<Contract>.<Name>`, `unavailable.act_pending`, `cancelled`.
 * An error of which `mayHappen` holds came after it was given to the node: it may take effect in spite of it.
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
  await beforeSending?.({ actIdHex: signedActIdHex(act, signature), deadlineAt: act.deadlineAt });
  // From here on nobody can take it back: the node may have it before it answers.
  onStep?.("sent");
  const sent = await submitAct(client, { act, signature, signal });
  const done = await waitForAct(client, {
    actIdHex: sent.act_id_hex,
    signal,
    ...(until === undefined ? {} : { until }),
  });
  await requireOnChain(client, act, signal);
  onStep?.("mined");
  return done;
}
