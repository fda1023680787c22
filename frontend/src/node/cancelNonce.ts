import type { ContractName } from "../core/typedData/build.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Client } from "./types.ts";

export type CancellingNonce = {
  readonly contract: ContractName;
  readonly nonce: number;
};

/** Makes a signature that was given and not sent void. */
export async function cancelNonce(
  client: Client,
  { contract, nonce, ...options }: CancellingNonce & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { contract, nonce };
  return await doAct(client, { kind: "cancel_nonce", params, ...options });
}
