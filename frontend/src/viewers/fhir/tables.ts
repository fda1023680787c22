/** Repeated parts of a resource (components, reactions, items) as tables. */
import type { Context } from "./context.ts";
import { baseName, labelOf } from "./labels.ts";
import { type Outside, outsideOf } from "./outside.ts";
import { type JsonObject, objectOf } from "./read.ts";
import { type Line, valueLines } from "./values.ts";

export type Cell = { readonly lines: readonly Line[]; readonly outside: Outside | null };
export type TableOf = {
  readonly key: string;
  readonly title: string;
  readonly columns: readonly { readonly id: string; readonly title: string }[];
  readonly rows: readonly (readonly Cell[])[];
  /** False where there is more than the table holds. */
  readonly isWhole: boolean;
};

const COLUMNS_MAX = 7;
const ROWS_MAX = 200;
const FIRST = ["sequence", "code", "value", "interpretation", "referenceRange"];
const NOTHING: Cell = { lines: [], outside: null };

/** Null where nothing in it can be said in words. */
export function tableOf(value: unknown, key: string, context: Context): TableOf | null {
  const all = Array.isArray(value) ? value : [value];
  const objects = all.slice(0, ROWS_MAX).map(objectOf);
  const found = objects.filter((one) => one !== null);
  if (found.length === 0) return null;
  let isWhole = found.length === all.length;
  const rows = found.map((one) => {
    const { cells, missed } = cellsOf(one, context, true);
    isWhole &&= !missed;
    return cells;
  });
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))].sort((a, b) => rank(a) - rank(b));
  isWhole &&= names.length <= COLUMNS_MAX;
  const shown = names.slice(0, COLUMNS_MAX);
  if (shown.length === 0) return null;
  return {
    key,
    title: labelOf(key, context.t),
    columns: shown.map((id) => ({ id, title: labelOf(id, context.t) })),
    rows: rows.map((row) => shown.map((name) => row.get(name) ?? NOTHING)),
    isWhole,
  };
}

function rank(name: string): number {
  const at = FIRST.indexOf(name);
  return at === -1 ? FIRST.length : at;
}

/** Cells by column; an object inside (CarePlan.activity.detail) lends its own, one level deep. */
function cellsOf(
  object: JsonObject,
  context: Context,
  mayNest: boolean,
): { cells: Map<string, Cell>; missed: boolean } {
  const cells = new Map<string, Cell>();
  let missed = false;
  for (const [key, value] of Object.entries(object)) {
    if (key === "id") continue;
    const lines = key.startsWith("_") || key === "extension" ? null : valueLines(value, key, context, object);
    if (lines !== null) {
      const name = baseName(key);
      if (lines.length > 0) cells.set(name, { lines, outside: name === "value" ? outsideOf(object) : null });
      continue;
    }
    const inner = mayNest ? objectOf(value) : null;
    if (inner === null) {
      missed = true;
      continue;
    }
    const nested = cellsOf(inner, context, false);
    missed ||= nested.missed;
    for (const [name, cell] of nested.cells) if (!cells.has(name)) cells.set(name, cell);
  }
  return { cells, missed };
}
