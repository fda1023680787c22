import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Client } from "./types.ts";

export type Publishing = {
  /** `age1…` */
  readonly recipient: string;
};

/** Publishes another age recipient of one's own. See `replaceIdentity`: the backup is kept first. */
export async function publishRecipient(
  client: Client,
  { recipient, ...options }: Publishing & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { recipient };
  return await doAct(client, { kind: "publish_recipient", params, ...options });
}
