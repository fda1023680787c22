import { zJobAnswered } from "../generated/api/zod.gen.ts";
import { newIdempotencyKey } from "./http.ts";
import type { Job } from "./readJob.ts";
import type { Address, Client } from "./types.ts";

/** Asks what mending would do, of one patient or of all; changes nothing. For the operator. See `waitForJob`. */
export async function planMending(
  client: Client,
  { patient = null, signal }: { patient?: Address | null; signal?: AbortSignal } = {},
): Promise<Job> {
  const asking = { idempotencyKey: newIdempotencyKey(), signal };
  return await client.http.post("/v1/mending/plans", zJobAnswered, patient === null ? {} : { patient }, asking);
}
