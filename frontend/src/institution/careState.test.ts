import { describe, expect, it } from "vitest";
import type { Job } from "../node/readJob.ts";
import {
  allCount,
  badCount,
  careState,
  copyOutcome,
  faultsByStore,
  isFresh,
  lostCount,
  mendedIn,
} from "./careState.ts";
import { jobOf } from "./testing/jobOf.ts";

const done = (over: Partial<Job>) => jobOf({ state: "done", finished_at: 100, ...over });

describe("careState", () => {
  it("offers the plan that came last", () => {
    const plan = done({ job_id: "b", kind: "plan" });
    expect(careState([plan, done({ kind: "mend" })])).toMatchObject({ plan, lastLook: plan, running: null });
  });

  it("offers no plan that mending has overtaken", () => {
    const mended = done({ job_id: "c", kind: "mend" });
    expect(careState([mended, done({ kind: "plan" })])).toMatchObject({ plan: null, lastLook: mended });
  });

  it("passes over what is about one patient only", () => {
    const plan = done({ kind: "plan" });
    const one = done({ kind: "mend", patient: `0x${"1".repeat(40)}`, sequence: 3 });
    expect(careState([one, plan]).plan).toBe(plan);
  });

  it("tells what runs, and what failed while nothing was done since", () => {
    const running = jobOf({ kind: "plan", state: "running" });
    const failed = jobOf({ kind: "mend", state: "failed", finished_at: 90 });
    expect(careState([running, failed])).toMatchObject({ running, failed });
    expect(careState([done({ kind: "plan" }), failed]).failed).toBeNull();
  });

  it("lets an old plan be seen and not be applied", () => {
    const plan = done({ kind: "plan", finished_at: 1_000 });
    expect(isFresh(plan, 1_000 + 3_600)).toBe(true);
    expect(isFresh(plan, 1_000 + 3_601)).toBe(false);
  });
});

it("tells the jobs that mended something: of one record too, and none that found nothing to do", () => {
  const nothingFound = { healthy: true, counts: {}, records_checked: 1, findings: [], findings_count: 0, before: null };
  const result = { ...nothingFound, plan: null, done: ["a step"], failed: [], cannot: [] };
  const mended = done({ job_id: "m", kind: "mend", result });
  const one = done({ job_id: "o", kind: "mend", patient: `0x${"1".repeat(40)}`, result });
  const nothing = done({ job_id: "n", kind: "mend", result: { ...result, done: [] } });
  const running = jobOf({ job_id: "r", kind: "mend", state: "running" });
  expect(mendedIn([running, mended, nothing, one, done({ kind: "plan" })])).toEqual([mended, one]);
});

it("counts what is not healthy, and what is lost", () => {
  const job = done({ kind: "plan" });
  const counts = { healthy: 7, damaged: 2, lost: 1 };
  const counted = { ...job, result: job.result === null ? null : { ...job.result, counts } };
  expect([badCount(counted), lostCount(counted), allCount(counted)]).toEqual([3, 1, 10]);
  expect(badCount(jobOf({ state: "running" }))).toBe(0);
});

it("tells what each store was found to have wrong", () => {
  const job = done({ kind: "plan" });
  const finding = {
    patient: `0x${"1".repeat(40)}`,
    sequence: 0,
    leaf_index: null,
    role: "payload",
    cid: "c",
    state: "damaged",
  };
  const findings = [
    { ...finding, copies: { ward: "wrong", archive: "good" } },
    { ...finding, copies: { ward: "wrong", archive: "missing" } },
  ];
  const found = { ...job, result: job.result === null ? null : { ...job.result, findings } };
  expect(faultsByStore(found).get("ward")).toEqual({ wrong: 2 });
  expect(faultsByStore(found).get("archive")).toEqual({ good: 1, missing: 1 });
});

describe("a copy that a store does not have", () => {
  const finding = {
    patient: `0x${"1".repeat(40)}`,
    sequence: 0,
    leaf_index: null,
    role: "payload",
    cid: "c",
    state: "damaged",
    copies: { ward: "wrong", archive: "good", south: "missing" },
  };
  const planned = (...steps: readonly { cid: string; to: string }[]) => ({
    copies: steps.map((step) => ({ ...step, record: "r", why: "too_few" })),
    moves: [],
    cannot: [],
  });

  it("is none to be kept there, where the plan mends the piece without it", () => {
    expect(copyOutcome("south", finding, planned({ cid: "c", to: "ward" }))).toBe("none");
    expect(copyOutcome("ward", finding, planned({ cid: "c", to: "ward" }))).toBe("wrong");
  });

  it("is missing where the plan puts one there, or says nothing of the piece", () => {
    expect(copyOutcome("south", finding, planned({ cid: "c", to: "ward" }, { cid: "c", to: "south" }))).toBe("missing");
    expect(copyOutcome("south", finding, planned({ cid: "other", to: "ward" }))).toBe("missing");
    expect(copyOutcome("south", finding, null)).toBe("missing");
  });
});
