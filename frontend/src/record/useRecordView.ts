/** Where one is in a record: filters, tab and the opened entry, all of them in the page's address. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { readParams, type ViewParams, writeParams } from "./filterParams.ts";

export type RecordView = {
  readonly view: ViewParams;
  readonly change: (changes: Partial<ViewParams>) => void;
  /** The key of the entry that is open; null where none is. */
  readonly entryKey: string | null;
  readonly hrefOf: (key: string) => string;
  readonly openEntry: (key: string) => void;
  /** Goes from an open entry to another; the browser's way back leads to the first again. */
  readonly followEntry: (key: string) => void;
  readonly closeEntry: () => void;
};

/** @param base the address of the list: entries are below it. */
export function useRecordView(base: string): RecordView {
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>;
  const { entry } = useParams({ strict: false }) as { readonly entry?: string };
  const navigate = useNavigate();
  const view = useMemo(() => readParams(search), [search]);
  return useMemo(() => {
    const query = (of: ViewParams) => {
      const text = new URLSearchParams(writeParams(of)).toString();
      return text === "" ? "" : `?${text}`;
    };
    // The list stays where it is: it did not go away.
    const go = (href: string, replace: boolean) => void navigate({ href, replace, resetScroll: false });
    return {
      view,
      change: (changes) =>
        go(`${base}${entry === undefined ? "" : `/${entry}`}${query({ ...view, ...changes })}`, true),
      entryKey: entry ?? null,
      hrefOf: (key) => `${base}/${key}${query(view)}`,
      openEntry: (key) => go(`${base}/${key}${query(view)}`, entry !== undefined),
      followEntry: (key) => go(`${base}/${key}${query(view)}`, false),
      closeEntry: () => go(`${base}${query(view)}`, false),
    };
  }, [view, base, entry, navigate]);
}
