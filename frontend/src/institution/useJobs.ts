/** The newest jobs, short; more often looked at while one is under way. And one job whole, with its findings and plan. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { listJobs } from "../node/listJobs.ts";
import { type Job, readJob } from "../node/readJob.ts";
import { useClient } from "../session/context.ts";
import { isOver } from "./careState.ts";

const QUIET_MS = 10_000;
const BUSY_MS = 1_500;
const JOBS_MAX_COUNT = 100;
/** A job that is over does not change. */
const KEPT_MS = 60 * 60_000;

export function useJobs() {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.jobs(client.account),
    queryFn: async ({ signal }) => (await listJobs(client, { limit: JOBS_MAX_COUNT, signal })).items,
    refetchInterval: (query) => (query.state.data?.some((job) => !isOver(job)) ? BUSY_MS : QUIET_MS),
  });
}

/** `of` is the short form that the list has; null: none. */
export function useWholeJob(of: Job | null) {
  const client = useClient();
  const jobId = of?.job_id ?? "";
  return useQuery({
    queryKey: [...queryKeys.job(jobId), of?.state ?? ""],
    queryFn: ({ signal }) => readJob(client, { jobId, signal }),
    enabled: of !== null,
    staleTime: KEPT_MS,
  });
}
