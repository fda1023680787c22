/** Where checking and mending is, from the list of jobs (newest first): what runs, what was seen last, what may be applied. */
import type { Job } from "../node/readJob.ts";

export type Move = NonNullable<NonNullable<Job["result"]>["to_sign"]>[number];

export type CareState = {
  /** The newest job about everything that is not over. */
  readonly running: Job | null;
  /** The newest job about everything that is done, whichever kind: what is known of all copies. */
  readonly lastLook: Job | null;
  /** A plan that nothing has overtaken: no later job about everything changed what it was made from. */
  readonly plan: Job | null;
  readonly lastMending: Job | null;
  /** The newest job about everything that could not be done, where nothing was done since. */
  readonly failed: Job | null;
};

const PLAN_FRESH_S = 3_600;

export function careState(jobs: readonly Job[]): CareState {
  const whole = jobs.filter((job) => job.patient === null);
  const over = whole.filter(isOver);
  const newest = over[0] ?? null;
  const lastLook = over.find((job) => job.state === "done") ?? null;
  return {
    running: whole.find((job) => !isOver(job)) ?? null,
    lastLook,
    plan: lastLook?.kind === "plan" ? lastLook : null,
    lastMending: over.find((job) => job.kind === "mend" && job.state === "done") ?? null,
    failed: newest?.state === "failed" ? newest : null,
  };
}

export function isOver(job: Job): boolean {
  return job.state === "done" || job.state === "failed";
}

/** The jobs that mended something, of one record or of all, in their order. */
export function mendedIn(jobs: readonly Job[]): readonly Job[] {
  return jobs.filter((job) => job.state === "done" && (job.result?.done ?? []).length > 0);
}

/** Whether a plan is young enough to be applied. `nowS`: Unix seconds. */
export function isFresh(plan: Job, nowS: number): boolean {
  return plan.finished_at !== null && nowS - plan.finished_at <= PLAN_FRESH_S;
}

/** How many stored pieces are not healthy. */
export function badCount(job: Job): number {
  return sum(job, (state) => state !== "healthy");
}

/** How many have no good copy any more. */
export function lostCount(job: Job): number {
  return sum(job, (state) => state === "lost");
}

export function allCount(job: Job): number {
  return sum(job, () => true);
}

function sum(job: Job, counts: (state: string) => boolean): number {
  const found = Object.entries(job.result?.counts ?? {});
  return found.reduce((total, [state, count]) => (counts(state) ? total + count : total), 0);
}

type Result = NonNullable<Job["result"]>;

/**
 * How a piece's copy in a store is; `none` where the store is not meant to have one: a plan mends the piece, and puts nothing
 * there. Without a plan nobody knows.
 */
export function copyOutcome(store: string, { cid, copies }: Result["findings"][number], plan: Result["plan"]): string {
  const outcome = (Object.hasOwn(copies, store) ? copies[store] : undefined) ?? "none";
  if (outcome !== "missing") return outcome;
  const steps = plan?.copies.filter((one) => one.cid === cid) ?? [];
  return steps.length > 0 && steps.every(({ to }) => to !== store) ? "none" : "missing";
}

/** What each store was found to have wrong, from a job with its findings: by store, by outcome. */
export function faultsByStore(job: Job): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const found = new Map<string, Record<string, number>>();
  for (const finding of job.result?.findings ?? []) {
    for (const store of Object.keys(finding.copies)) {
      const outcome = copyOutcome(store, finding, job.result?.plan ?? null);
      const counts = found.get(store) ?? {};
      counts[outcome] = (counts[outcome] ?? 0) + 1;
      found.set(store, counts);
    }
  }
  return found;
}
