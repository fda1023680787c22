/** Paths that mending left for a signature: which still wait, and who may sign them together. */
import type { Mending } from "../node/listMendings.ts";
import type { Job } from "../node/readJob.ts";
import type { Address } from "../node/types.ts";
import { careState, type Move } from "./careState.ts";

/** What jobs (newest first) left to sign since everything was mended last. Each entry once, as the newest job has it. */
export function movesLeft(jobs: readonly Job[]): readonly (Move & { readonly since: number })[] {
  const last = careState(jobs).lastMending;
  const until = last === null ? jobs.length : jobs.indexOf(last) + 1;
  const found = new Map<string, Move & { since: number }>();
  for (const job of jobs.slice(0, until)) {
    if (job.kind !== "mend" || job.state !== "done") continue;
    for (const move of job.result?.to_sign ?? []) {
      const key = `${move.patient}/${move.sequence}`;
      if (!found.has(key)) found.set(key, { ...move, since: job.created_at });
    }
  }
  return [...found.values()];
}

/** Takes out what the public record has by now: a path that moved since the job was asked for. */
export function stillWaiting(
  moves: readonly (Move & { readonly since: number })[],
  mendings: ReadonlyMap<string, readonly Mending[]>,
): readonly Move[] {
  return moves.filter(
    (move) =>
      !(mendings.get(move.patient) ?? []).some(
        (done) => done.kind === "path" && done.sequence === move.sequence && done.at >= move.since,
      ),
  );
}

export type MoveGroup = {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly moves: readonly Move[];
};

/** Entries that one signature can move. A signature a person can read names no more than this many. */
const ENTRIES_MAX_COUNT = 50;

export function grouped(moves: readonly Move[]): readonly MoveGroup[] {
  const by = new Map<string, Move[]>();
  for (const move of moves) {
    const key = `${move.from_location} ${move.to_location} ${move.reason}`;
    by.set(key, [...(by.get(key) ?? []), move]);
  }
  return [...by.entries()].flatMap(([key, all]) => {
    const groups: MoveGroup[] = [];
    for (let at = 0; at < all.length; at += ENTRIES_MAX_COUNT) {
      const part = all.slice(at, at + ENTRIES_MAX_COUNT);
      const [first] = part;
      if (first !== undefined) {
        const { from_location: from, to_location: to, reason } = first;
        groups.push({ id: `${key} ${at}`, from, to, reason, moves: part });
      }
    }
    return groups;
  });
}

export function entriesOf(group: MoveGroup): readonly { readonly patient: Address; readonly sequence: number }[] {
  return group.moves.map((move) => ({ patient: move.patient as Address, sequence: move.sequence }));
}
