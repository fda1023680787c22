import type { RightName } from "../core/typedData/consent.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client, Purpose } from "./types.ts";

export type PassingOn = {
  readonly patient: Address;
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

/** Passes on a part of what one may do with a patient's record, for no longer than one may oneself; needs SHARE. */
export async function passOn(
  client: Client,
  { patient, grantee, categories, rights, fromAt, untilAt, purpose, ...options }: PassingOn & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { patient, grantee, categories, rights, from_at: fromAt, until_at: untilAt, purpose };
  return await doAct(client, { kind: "pass_on", params, ...options });
}
