import type { MendReasonName } from "../core/typedData/records.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Address, Client } from "./types.ts";

export type MendingPaths = {
  readonly entries: readonly { readonly patient: Address; readonly sequence: number }[];
  /** Number of the location. */
  readonly toLocation: number;
  readonly reason: MendReasonName;
};

/** Moves records to another location on the chain, with a reason; for the operator of the location. */
export async function mendPaths(
  client: Client,
  { entries, toLocation, reason, ...options }: MendingPaths & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { entries, to_location: toLocation, reason };
  return await doAct(client, { kind: "mend_paths", params, ...options });
}
