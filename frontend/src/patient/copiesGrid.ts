/** Every copy of every entry as a picture: rows of entries that go together, columns of stores. */
import type { RecordCopies } from "../node/listCopies.ts";

export type CopyState = "good" | "wrong" | "missing" | "unreachable" | "none";
export type RecordState = RecordCopies["state"];

/** The worst first: what a row or a mark shows. */
const WORST_FIRST: readonly CopyState[] = ["wrong", "missing", "unreachable", "good", "none"];

export type Cell = { readonly entry: string; readonly state: CopyState };

export type GridRow = {
  readonly key: string;
  /** Unix seconds of its newest entry, for rows by month. */
  readonly at: number;
  readonly categoryCode: string | null;
  readonly entries: readonly GridEntry[];
};

export type GridEntry = {
  /** As in addresses of the page: `12.3`. */
  readonly key: string;
  readonly categoryCode: string;
  readonly recordedAt: number;
  readonly copies: RecordCopies;
};

export type EntryFacts = { readonly categoryCode: string; readonly recordedAt: number };

/**
 * How one piece's copy in a store is. Where the piece has all the copies that it needs, a store without one was not meant to
 * have it.
 */
export function pieceIn(store: string, { copies, state }: RecordCopies["objects"][number]): CopyState {
  const found = Object.hasOwn(copies, store) ? copies[store] : undefined;
  return found === undefined || (found === "missing" && state === "healthy") ? "none" : found;
}

/** How an entry's copy in a store is: the worst of its pieces there. */
export function copyIn(store: string, copies: RecordCopies): CopyState {
  const found = copies.objects.map((object) => pieceIn(store, object));
  return WORST_FIRST.find((state) => found.includes(state)) ?? "none";
}

/** All stores that hold anything, by name. */
export function storesOf(all: readonly RecordCopies[]): readonly string[] {
  const names = new Set(all.flatMap(({ objects }) => objects.flatMap(({ copies }) => Object.keys(copies))));
  return [...names].sort();
}

/** Rows, the newest first; categories in the order of their newest entry. */
export function gridRows(
  all: readonly RecordCopies[],
  facts: ReadonlyMap<string, EntryFacts>,
  by: "month" | "category",
): readonly GridRow[] {
  const rows = new Map<string, GridEntry[]>();
  const entries = all.map((copies): GridEntry => {
    const key = copies.leaf_index === null ? String(copies.sequence) : `${copies.sequence}.${copies.leaf_index}`;
    return { key, copies, ...(facts.get(key) ?? { categoryCode: "", recordedAt: 0 }) };
  });
  entries.sort((a, b) => b.recordedAt - a.recordedAt || b.copies.sequence - a.copies.sequence);
  for (const entry of entries) {
    const at = new Date(entry.recordedAt * 1_000);
    const key = by === "month" ? `${at.getFullYear()}-${at.getMonth()}` : entry.categoryCode;
    const row = rows.get(key);
    if (row === undefined) rows.set(key, [entry]);
    else row.push(entry);
  }
  return [...rows].map(([key, own]) => ({
    key,
    at: own[0]?.recordedAt ?? 0,
    categoryCode: by === "category" ? key : null,
    entries: own,
  }));
}

export type Safety = {
  readonly total: number;
  readonly safe: number;
  /** Degraded, damaged or out of reach: there is something to mend. */
  readonly hurt: number;
  readonly lost: number;
  readonly unchecked: number;
  /** When the latest check was; null before the first. */
  readonly checkedAt: number | null;
};

export function safetyOf(all: readonly RecordCopies[]): Safety {
  const of = (...states: readonly RecordState[]) => all.filter(({ state }) => states.includes(state)).length;
  const times = all.flatMap(({ checked_at: at }) => (at === null ? [] : [at]));
  return {
    total: all.length,
    safe: of("healthy"),
    hurt: of("degraded", "damaged", "unreachable"),
    lost: of("lost", "never stored"),
    unchecked: of("unchecked"),
    checkedAt: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  };
}
