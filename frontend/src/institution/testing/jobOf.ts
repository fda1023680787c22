/** A job for tests: a mending of everything that found everything good, but for what is said of it. */
import type { Job } from "../../node/readJob.ts";

export function jobOf(over: Partial<Job>): Job {
  const state = over.state ?? "done";
  return {
    job_id: "a",
    kind: "mend",
    patient: null,
    sequence: null,
    state,
    progress: { objects_done: 0, bytes_read: 0 },
    result:
      state === "done"
        ? { healthy: true, counts: { healthy: 1 }, records_checked: 1, findings: [], findings_count: 0 }
        : null,
    failure: null,
    created_at: 10,
    finished_at: null,
    ...over,
  } as Job;
}
