import type { AccessRequestAnswered, RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Client } from "./types.ts";

export type Withdrawing = {
  /** As it was shown to the person: what is signed is compared with it. */
  readonly request: AccessRequestAnswered;
};

/** Takes back one's own request. */
export async function withdrawRequest(
  client: Client,
  { request, ...options }: Withdrawing & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { request_id_hex: request.request_id_hex };
  return await doAct(client, { kind: "withdraw_request", params, request, ...options });
}
