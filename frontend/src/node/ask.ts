import type { RightName } from "../core/typedData/consent.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client, Purpose } from "./types.ts";

export type Asking = {
  readonly patient: Address;
  /** Codes. */
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  /** Unix seconds. */
  readonly fromAt: number;
  /** Unix seconds; the access ends then. */
  readonly untilAt: number;
  readonly purpose: Purpose;
};

/** Asks a patient for access; nothing can be read until they approve. */
export async function ask(
  client: Client,
  { patient, categories, rights, fromAt, untilAt, purpose, ...options }: Asking & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { patient, categories, rights, from_at: fromAt, until_at: untilAt, purpose };
  return await doAct(client, { kind: "ask", params, ...options });
}
