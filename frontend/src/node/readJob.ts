import type * as z from "zod/mini";
import { zJobAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import type { Client } from "./types.ts";

/** A check, a plan, or mending: what was asked for, how far it is, what it found and did. */
export type Job = z.output<typeof zJobAnswered>;

/** How far a job is. */
export async function readJob(
  client: Client,
  { jobId, signal }: { jobId: string; signal?: AbortSignal },
): Promise<Job> {
  return await client.http.get(path`/v1/jobs/${jobId}`, zJobAnswered, { signal });
}
