import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type Renewing = {
  readonly grantee: Address;
  /** Codes. */
  readonly categories: readonly string[];
  /** Unix seconds; the access ends then. */
  readonly untilAt: number;
};

/** Lets a grant last longer; nothing else of it changes. */
export async function renew(
  client: Client,
  { grantee, categories, untilAt, ...options }: Renewing & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { grantee, categories, until_at: untilAt };
  return await doAct(client, { kind: "renew", params, ...options });
}
