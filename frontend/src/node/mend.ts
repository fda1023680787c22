import { zJobAnswered } from "../generated/api/zod.gen.ts";
import { newIdempotencyKey } from "./http.ts";
import type { Job } from "./readJob.ts";
import type { Address, Client } from "./types.ts";

/** Asks for mending, of one patient or of all; for the operator. See `waitForJob`, and `mendPaths` for what is to be signed then. */
export async function mend(
  client: Client,
  { patient = null, signal }: { patient?: Address | null; signal?: AbortSignal } = {},
): Promise<Job> {
  const asking = { idempotencyKey: newIdempotencyKey(), signal };
  return await client.http.post("/v1/mending", zJobAnswered, patient === null ? {} : { patient }, asking);
}
