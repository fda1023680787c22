import type { CheckedAct } from "../core/acts/requireAsAsked.ts";
import { signedActBody, signedActIdHex } from "../core/acts/signedAct.ts";
import { lyingNode } from "../core/lyingNode.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { zRelayedActAnswered } from "../generated/api/zod.gen.ts";
import type { Client } from "./types.ts";
import { patiently } from "./waiting.ts";

/**
 * Hands a signed act to the node, and again while the node can't be reached: the same act is the same, however often.
 *
 * Throws `refused.<Contract>.<Name>` where the contract would refuse it; nothing happened then.
 */
export async function submitAct(
  client: Client,
  { act, signature, signal }: { act: CheckedAct; signature: `0x${string}`; signal?: AbortSignal | undefined },
): Promise<RelayedActAnswered> {
  const id = signedActIdHex(act, signature);
  const body = signedActBody(act, signature);
  const answered = await patiently(
    () => client.http.post("/v1/acts", zRelayedActAnswered, body, { idempotencyKey: id, signal }),
    signal,
  );
  if (answered.act_id_hex !== id || answered.signer !== client.account) {
    throw lyingNode("The node took on another act than the one that was sent.");
  }
  return answered;
}
