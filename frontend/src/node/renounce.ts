import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type Renouncing = {
  readonly patient: Address;
  /** Codes. */
  readonly categories: readonly string[];
};

/** Gives up what one may do with a patient's record. */
export async function renounce(
  client: Client,
  { patient, categories, ...options }: Renouncing & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { patient, categories };
  return await doAct(client, { kind: "renounce", params, ...options });
}
