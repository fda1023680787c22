import type { RightName } from "../core/typedData/consent.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client, Purpose } from "./types.ts";

export type Granting = {
  readonly grantee: Address;
  /** Codes. */
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  /** Unix seconds. */
  readonly fromAt: number;
  /** Unix seconds; the access ends then. */
  readonly untilAt: number;
  readonly purpose: Purpose;
};

/** Grants somebody rights to categories of one's own record, for a time and a purpose. */
export async function grant(
  client: Client,
  { grantee, categories, rights, fromAt, untilAt, purpose, ...options }: Granting & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { grantee, categories, rights, from_at: fromAt, until_at: untilAt, purpose };
  return await doAct(client, { kind: "grant", params, ...options });
}
