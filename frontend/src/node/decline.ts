import type { AccessRequestAnswered, RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Client } from "./types.ts";

export type Declining = {
  /** As it was shown to the person: what is signed is compared with it. */
  readonly request: AccessRequestAnswered;
};

/** Says no to a request. */
export async function decline(
  client: Client,
  { request, ...options }: Declining & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { request_id_hex: request.request_id_hex };
  return await doAct(client, { kind: "decline", params, request, ...options });
}
