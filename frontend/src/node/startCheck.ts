import { zJobAnswered } from "../generated/api/zod.gen.ts";
import { newIdempotencyKey } from "./http.ts";
import { path } from "./path.ts";
import type { Job } from "./readJob.ts";
import type { Address, Client } from "./types.ts";

/** Asks for a check of a patient's copies; for the patient and the stores' operator. See `waitForJob`. */
export async function startCheck(
  client: Client,
  { patient, signal }: { patient: Address; signal?: AbortSignal },
): Promise<Job> {
  const asking = { idempotencyKey: newIdempotencyKey(), signal };
  return await client.http.post(path`/v1/patients/${patient}/checks`, zJobAnswered, undefined, asking);
}
