/** The list before anything is sealed: files are read and judged here, and only here. */
import { useEffect, useRef, useState } from "react";
import type { RefusedFile } from "../core/intake/planIntake.ts";
import { meantFiles, type Row, rowsOf } from "./rows.ts";

export type Review = {
  readonly rows: readonly Row[];
  readonly refused: readonly RefusedFile[];
  /** Files of the computer's own that were left out. */
  readonly hidden: number;
  readonly isEmptyFolder: boolean;
  /** Null while nothing is read. */
  readonly reading: { readonly done: number; readonly total: number } | null;
  readonly error: unknown;
  readonly add: (files: readonly File[]) => void;
  readonly stopReading: () => void;
  readonly change: (ids: ReadonlySet<number>, change: (row: Row) => Row) => void;
  readonly remove: (ids: ReadonlySet<number>) => void;
  readonly clear: () => void;
  readonly dismissRefused: () => void;
};

/** A thousand files are not a thousand drawings of the page. */
const SHOW_EVERY_MS = 100;
const NOTHING = { refused: [] as readonly RefusedFile[], hidden: 0, isEmptyFolder: false, error: null as unknown };

/**
 * @param known every category; @param writable those that one may add to.
 */
export function useReview(known: readonly string[], writable: readonly string[]): Review {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [told, setTold] = useState(NOTHING);
  const [reading, setReading] = useState<Review["reading"]>(null);
  const stopping = useRef<AbortController | null>(null);
  const nextId = useRef(0);
  const shown = useRef(rows);
  shown.current = rows;
  useEffect(() => () => stopping.current?.abort(), []);

  const read = async (files: readonly File[]) => {
    const stop = new AbortController();
    stopping.current = stop;
    const { meant, hidden } = meantFiles(files);
    setTold((before) => ({
      ...before,
      error: null,
      isEmptyFolder: meant.length === 0,
      hidden: before.hidden + hidden,
    }));
    if (meant.length === 0) return;
    setReading({ done: 0, total: meant.length });
    let shownAt = Date.now();
    try {
      // The tables by which records are recognised are of use on this page only.
      const [{ planIntake }, { markSame }] = await Promise.all([
        import("../core/intake/planIntake.ts"),
        import("./sameContent.ts"),
      ]);
      const plan = await planIntake(meant, known, {
        signal: stop.signal,
        onProgress: (done, total) => {
          const now = Date.now();
          if (now - shownAt < SHOW_EVERY_MS && done < total) return;
          shownAt = now;
          setReading({ done, total });
        },
      });
      const added = rowsOf(plan, nextId.current, writable);
      nextId.current += added.length;
      const marked = await markSame(shown.current, added);
      if (stop.signal.aborted) return;
      setRows(marked);
      setTold((before) => ({ ...before, refused: [...before.refused, ...plan.refused] }));
    } catch (error) {
      if (!stop.signal.aborted) setTold((before) => ({ ...before, error }));
    } finally {
      setReading(null);
    }
  };

  return {
    rows,
    ...told,
    reading,
    add: (files) => {
      if (reading === null) void read(files);
    },
    stopReading: () => stopping.current?.abort(),
    change: (ids, change) => setRows((before) => before.map((row) => (ids.has(row.id) ? change(row) : row))),
    remove: (ids) => setRows((before) => before.filter((row) => !ids.has(row.id))),
    clear: () => {
      setRows([]);
      setTold(NOTHING);
    },
    dismissRefused: () => setTold((before) => ({ ...before, refused: [], hidden: 0 })),
  };
}
