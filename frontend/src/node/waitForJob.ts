import { MendrecError } from "../core/errors.ts";
import { pause } from "../core/waiting.ts";
import { type Job, readJob } from "./readJob.ts";
import type { Client } from "./types.ts";
import { patiently, pausesMs } from "./waiting.ts";

const HOUR_MS = 3_600_000;

/**
 * Waits until a job is over, and returns it: `done`, or `failed` with its reason.
 *
 * Throws `unavailable.job_under_way` where it is not in time; it goes on then, as it does when `signal` stops the waiting.
 */
export async function waitForJob(
  client: Client,
  asked: {
    job: Job;
    onProgress?: (job: Job) => void;
    signal?: AbortSignal;
    timeoutMs?: number;
  },
): Promise<Job> {
  const { onProgress, signal, timeoutMs = HOUR_MS } = asked;
  let job = asked.job;
  for (const pauseMs of pausesMs(timeoutMs)) {
    onProgress?.(job);
    if (job.state === "done" || job.state === "failed") {
      return job;
    }
    await pause(pauseMs, signal);
    job = await patiently(
      () => readJob(client, { jobId: job.job_id, ...(signal === undefined ? {} : { signal }) }),
      signal,
    );
  }
  throw new MendrecError("unavailable.job_under_way", "The job is not over yet.", {
    remedy: "It goes on by itself; look at it again later.",
  });
}
