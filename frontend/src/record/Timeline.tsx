/**
 * Entries, newest first, under their months. Only what is in sight is drawn, so ten thousand are as quick as ten; the page itself
 * scrolls. Arrow keys go from entry to entry.
 */
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useFormat } from "../i18n/format.ts";
import { useLanguage, useText } from "../i18n/text.ts";
import { nextEntry } from "./nextEntry.ts";
import { type IndexedRecord, timelineRows } from "./recordIndex.ts";
import { TimelineEntry } from "./TimelineEntry.tsx";
import type { People } from "./usePeople.ts";
import "./Timeline.css";

const ENTRY_PX = 76;
const MONTH_PX = 56;
const OVERSCAN = 8;

type Props = {
  readonly entries: readonly IndexedRecord[];
  readonly people: People;
  readonly hrefOf: (key: string) => string;
  readonly onOpen: (key: string) => void;
  readonly openKey: string | null;
  /** Unix seconds: later ones are marked as new. */
  readonly newSince: number | null;
  /** Why entries of a category can't be seen now; null where they can. */
  readonly closedWords?: (categoryCode: string) => string | null;
};

export function Timeline({ entries, people, hrefOf, onOpen, openKey, newSince, closedWords }: Props) {
  const t = useText();
  const format = useFormat();
  const { locale } = useLanguage();
  const rows = useMemo(() => timelineRows(entries), [entries]);
  const monthOf = useMemo(() => new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" }), [locale]);
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const box = list.current;
    if (box === null) return;
    const measure = () => setTop(Math.round(box.getBoundingClientRect().top + globalThis.scrollY));
    measure();
    // What stands above it grows and shrinks: filters, notices.
    const watch = new ResizeObserver(measure);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.kind === "month" ? MONTH_PX : ENTRY_PX),
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: OVERSCAN,
    scrollMargin: top,
    // Rows are drawn with the browser's frames, not in the middle of its scrolling.
    useFlushSync: false,
  });

  const move = (event: KeyboardEvent) => {
    const at = Number((event.target as HTMLElement).closest("[data-index]")?.getAttribute("data-index") ?? Number.NaN);
    const next = Number.isNaN(at) ? null : nextEntry(rows, at, event.key);
    if (next === null) return;
    event.preventDefault();
    virtual.scrollToIndex(next, { align: "auto" });
    // Drawn by the time of the frame after the scroll.
    const focus = (tries: number) => {
      const link = list.current?.querySelector<HTMLElement>(`[data-index="${next}"] a`);
      if (link !== null && link !== undefined) link.focus({ preventScroll: true });
      else if (tries > 0) requestAnimationFrame(() => focus(tries - 1));
    };
    requestAnimationFrame(() => focus(10));
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed one by one, and only those in sight are there
    <div
      ref={list}
      className="timeline"
      role="list"
      aria-label={t.record.timelineLabel}
      style={{ height: virtual.getTotalSize() }}
      onKeyDown={move}
    >
      {virtual.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        return (
          // biome-ignore lint/a11y/useSemanticElements: see above
          <div
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            className="timeline-row"
            role="listitem"
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start - top}px)` }}
          >
            {row.kind === "month" ? (
              <h2 className="timeline-month">
                {monthOf.format(row.at * 1_000)}
                <span className="timeline-count number">{format.number(row.count)}</span>
              </h2>
            ) : (
              <TimelineEntry
                record={row.entry.record}
                people={people}
                format={format}
                entryKey={row.key}
                href={hrefOf(row.key)}
                onOpen={onOpen}
                isOpen={openKey === row.key}
                closed={closedWords?.(row.entry.record.categoryCode) ?? null}
                isNew={newSince !== null && row.entry.record.recordedAt > newSince}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}
