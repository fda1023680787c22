import type { CheckedAct } from "../core/acts/requireAsAsked.ts";
import { signedActBody, signedActIdHex } from "../core/acts/signedAct.ts";
import { cancelled } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { isRefusal, stillOpen } from "../core/mayHappen.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { zRelayedActAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";
import { orCancelled, patiently } from "./waiting.ts";

/**
 * Hands a signed act to the node, and again while the node can't be reached: the same act is the same, however often.
 *
 * Throws `refused.<Contract>.<Name>` where the contract would refuse it, and other refusals of handing it over: nothing happened
 * then. Whatever else it throws says that it may happen (`mayHappen`): the node may have it, though its answer was lost.
 */
export async function submitAct(
  client: Client,
  { act, signature, signal }: { act: CheckedAct; signature: `0x${string}`; signal?: AbortSignal | undefined },
): Promise<RelayedActAnswered> {
  const id = signedActIdHex(act, signature);
  const body = signedActBody(act, signature);
  if (signal?.aborted) {
    throw cancelled();
  }
  // One try of which the end is not known is enough: a later refusal says nothing of it.
  let isOpen = false;
  const send = async () => {
    try {
      return await client.http.post("/v1/acts", zRelayedActAnswered, body, { idempotencyKey: id });
    } catch (error) {
      isOpen ||= !isRefusal(error);
      throw error;
    }
  };
  let answered: RelayedActAnswered;
  try {
    // `signal` ends the waiting alone: half a request would leave in the dark whether the node has it.
    answered = await orCancelled(patiently(send), signal);
  } catch (error) {
    throw isOpen || signal?.aborted ? stillOpen(error) : error;
  }
  if (answered.act_id_hex !== id || answered.signer !== client.account) {
    throw stillOpen(lyingNode("The node took on another act than the one that was sent."));
  }
  return answered;
}
