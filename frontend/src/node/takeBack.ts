import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type TakingBack = {
  readonly patient: Address;
  readonly grantee: Address;
  /** Codes. */
  readonly categories: readonly string[];
};

/** Ends what one passed on. */
export async function takeBack(
  client: Client,
  { patient, grantee, categories, ...options }: TakingBack & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { patient, grantee, categories };
  return await doAct(client, { kind: "take_back", params, ...options });
}
