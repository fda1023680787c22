import type { RightName } from "../core/typedData/consent.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type Narrowing = {
  readonly grantee: Address;
  /** Codes. */
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  /** Unix seconds; the access ends then. */
  readonly untilAt: number;
};

/** Leaves fewer rights of a grant, or an earlier end. */
export async function narrow(
  client: Client,
  { grantee, categories, rights, untilAt, ...options }: Narrowing & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { grantee, categories, rights, until_at: untilAt };
  return await doAct(client, { kind: "narrow", params, ...options });
}
