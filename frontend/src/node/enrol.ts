import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Client } from "./types.ts";

export type Enrolling = {
  /** `age1…` */
  readonly recipient: string;
};

/** Enrols oneself as a patient, and publishes one's age recipient. See `setUpIdentity`: the backup is kept first. */
export async function enrol(
  client: Client,
  { recipient, ...options }: Enrolling & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { recipient };
  return await doAct(client, { kind: "enrol", params, ...options });
}
