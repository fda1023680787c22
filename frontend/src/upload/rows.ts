/** What stands in the review before anything is sealed: one row an entry, and whether it can be added as it is. */

import type { IntakeItem } from "../core/intake/item.ts";
import type { IntakePlan } from "../core/intake/planIntake.ts";
import type { SealItem } from "../vault/types.ts";

export type Row = {
  readonly id: number;
  readonly item: IntakeItem;
  /** Whether the content leaves open where it belongs: then a person says so, and may change it. */
  readonly isCategoryOpen: boolean;
  /** Null until somebody said where it belongs. */
  readonly categoryCode: string | null;
  /** An earlier row's item with the same content. */
  readonly sameAs: IntakeItem | null;
  /** Whether the person wants it added. */
  readonly isWanted: boolean;
};

export type RowState = "ready" | "needs_category" | "not_allowed" | "left_out";

/**
 * Rows for what intake made of some files.
 *
 * @param firstId the id of the first; the others follow.
 * @param writable codes of the categories that one may add to here.
 */
export function rowsOf(plan: IntakePlan, firstId: number, writable: readonly string[]): Row[] {
  const [only] = writable;
  const said = writable.length === 1 && only !== undefined ? only : null;
  const told = plan.items.map((item) => ({ item, isCategoryOpen: false, categoryCode: item.categoryCode }));
  const asked = plan.asked.map(({ item }) => ({ item, isCategoryOpen: true, categoryCode: said }));
  return [...told, ...asked].map((one, at) => ({ ...one, id: firstId + at, sameAs: null, isWanted: true }));
}

export function rowState(row: Row, writable: ReadonlySet<string>): RowState {
  if (!row.isWanted) return "left_out";
  if (row.categoryCode === null) return "needs_category";
  return writable.has(row.categoryCode) ? "ready" : "not_allowed";
}

/** The rows that can be added now, at most `max` of them: what is over stays for the next turn. */
export function readyRows(rows: readonly Row[], writable: ReadonlySet<string>, max: number): readonly Row[] {
  return rows.filter((row) => rowState(row, writable) === "ready").slice(0, max);
}

/** What a person wants added and nobody said the place of: nothing is started without it, else it would be left out unseen. */
export function unplacedRows(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row.isWanted && row.categoryCode === null);
}

/** What a person wanted added and that was not sent. */
export function itemsLeft(rows: readonly Row[], sent: ReadonlySet<number>): readonly IntakeItem[] {
  return rows.filter((row) => row.isWanted && !sent.has(row.id)).map(({ item }) => item);
}

export function sealItemOf({ item, categoryCode }: Row): SealItem {
  return { ...item, categoryCode: categoryCode ?? item.categoryCode };
}

export function totalBytes(rows: readonly Row[]): number {
  return rows.reduce((sum, { item }) => sum + item.content.size, 0);
}

/** Names of files that a folder holds for the computer's own use; a name that begins like a path is no such one. */
const OF_THE_SYSTEM = /^(?:\.[^.].*|thumbs\.db|desktop\.ini)$/i;

/** Files that a person means: the others of a folder are hidden from them too. */
export function meantFiles(files: readonly File[]): { readonly meant: readonly File[]; readonly hidden: number } {
  const meant = files.filter(({ name }) => !OF_THE_SYSTEM.test(name));
  return { meant, hidden: files.length - meant.length };
}
