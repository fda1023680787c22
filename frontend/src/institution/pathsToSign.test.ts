import { expect, it } from "vitest";
import type { Mending } from "../node/listMendings.ts";
import type { Job } from "../node/readJob.ts";
import type { Move } from "./careState.ts";
import { grouped, movesLeft, stillWaiting } from "./pathsToSign.ts";
import { jobOf } from "./testing/jobOf.ts";

const PATIENT = `0x${"1".repeat(40)}`;

function move(sequence: number, over: Partial<Move> = {}): Move {
  return { patient: PATIENT, sequence, from_location: 1, to_location: 3, reason: "UNREACHABLE", ...over };
}

function mended(job_id: string, to_sign: Move[], over: Partial<Job> = {}): Job {
  const job = jobOf({ job_id, ...over });
  return { ...job, result: job.result === null ? null : { ...job.result, to_sign } };
}

it("takes what the last mending of everything left, and what single entries left since; each entry once", () => {
  const older = mended("a", [move(9)]);
  const whole = mended("b", [move(1), move(2)]);
  const single = mended("c", [move(2, { to_location: 4 })], { patient: PATIENT, sequence: 2, created_at: 20 });
  const left = movesLeft([single, whole, older]);
  expect(left.map((one) => [one.sequence, one.to_location])).toEqual([
    [2, 4],
    [1, 3],
  ]);
});

it("leaves out what the public record moved since, and nothing that moved before", () => {
  const moves = [1, 2, 3].map((sequence) => ({ ...move(sequence), since: 50 }));
  const path = {
    kind: "path",
    leaf_index: null,
    role: null,
    store: null,
    from_location: 1,
    to_location: 3,
    job_id: null,
  };
  const mendings = [
    { ...path, at: 60, sequence: 1, reason: "unreachable" },
    { ...path, at: 40, sequence: 2, reason: "unreachable" },
    { ...path, kind: "copy", at: 60, sequence: 3, reason: "path" },
  ] as Mending[];
  expect(stillWaiting(moves, new Map([[PATIENT, mendings]])).map((one) => one.sequence)).toEqual([2, 3]);
});

it("puts together what one signature can say, and no more than can be read", () => {
  const many = Array.from({ length: 51 }, (_, at) => move(at));
  const groups = grouped([...many, move(99, { reason: "DAMAGED" })]);
  expect(groups.map((group) => [group.reason, group.moves.length])).toEqual([
    ["UNREACHABLE", 50],
    ["UNREACHABLE", 1],
    ["DAMAGED", 1],
  ]);
  expect(new Set(groups.map((group) => group.id)).size).toBe(3);
});
