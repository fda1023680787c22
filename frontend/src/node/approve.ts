import type { AccessRequestAnswered, RelayedActAnswered } from "../generated/api/types.gen.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { Client } from "./types.ts";

export type Approving = {
  /** As it was shown to the person: what is signed is compared with it. */
  readonly request: AccessRequestAnswered;
};

/** Grants exactly what a request asks for. */
export async function approve(
  client: Client,
  { request, ...options }: Approving & ActOptions,
): Promise<RelayedActAnswered> {
  const params = { request_id_hex: request.request_id_hex };
  return await doAct(client, { kind: "approve", params, request, ...options });
}
