import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type Revoking = {
  readonly grantee: Address;
  /** Codes. */
  readonly categories: readonly string[];
};

/** Ends a grant now, and what was passed on from it. What was already read can't be taken back. */
export async function revoke(
  client: Client,
  { grantee, categories, ...options }: Revoking & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { grantee, categories };
  return await doAct(client, { kind: "revoke", params, ...options });
}
