import { zJobsAnswered } from "../generated/api/zod.gen.ts";
import type { Job } from "./readJob.ts";
import type { Client } from "./types.ts";

/** One page of jobs, newest first: all to the operator, their own to others. */
export async function listJobs(
  client: Client,
  { cursor = null, limit = 50, signal }: { cursor?: string | null; limit?: number; signal?: AbortSignal } = {},
): Promise<{ readonly items: readonly Job[]; readonly next_cursor: string | null }> {
  return await client.http.get("/v1/jobs", zJobsAnswered, { query: { cursor, limit }, signal });
}
