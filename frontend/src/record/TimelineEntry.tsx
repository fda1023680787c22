/** One line of the timeline: what it is, of what kind, from whom and when. */
import { type MouseEvent, memo } from "react";
import { Icon } from "../design/Icon.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { useClinical } from "../i18n/clinical.ts";
import type { Format } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord } from "../node/types.ts";
import { categoryIcon, categoryName } from "./categories.ts";
import { shownTitle } from "./entryTitle.ts";
import type { People } from "./usePeople.ts";
import { useRefusalWords } from "./useRefusalWords.ts";

type Props = {
  readonly record: ListedRecord;
  readonly people: People;
  /** Made once for all lines: formatters are dear. */
  readonly format: Format;
  readonly entryKey: string;
  readonly href: string;
  readonly onOpen: (key: string) => void;
  readonly isOpen: boolean;
  readonly isNew: boolean;
  /** Why it can't be seen now, though it is there. */
  readonly closed: string | null;
};

/** Drawn anew only where something of it changed: lines come and go quickly while one scrolls. */
export const TimelineEntry = memo(Line);

function Line({ record, people, format, entryKey, href, onOpen, isOpen, isNew, closed }: Props) {
  const t = useText();
  const clinical = useClinical();
  const refusalWords = useRefusalWords();
  const { descriptor } = record;
  const open = (event: MouseEvent) => {
    // A new tab or window is the browser's own thing.
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen(entryKey);
  };
  return (
    <a className="entry-line" href={href} onClick={open} aria-current={isOpen || undefined}>
      <span className="entry-icon">
        <Icon name={categoryIcon(record.categoryCode)} />
      </span>
      <span className="entry-words">
        <span className="entry-title" data-missing={descriptor === null || undefined}>
          {descriptor === null ? t.record.sealedTitle : shownTitle(clinical, descriptor)}
        </span>
        <span className="entry-about">
          <span>{categoryName(t, record.categoryCode)}</span>
          <span>{t.record.from({ name: people.nameOf(record.author) })}</span>
          <time dateTime={new Date(record.recordedAt * 1_000).toISOString()}>{format.day(record.recordedAt)}</time>
        </span>
        {record.refusal !== null ? (
          <span className="entry-why">{refusalWords(record.refusal)}</span>
        ) : (
          descriptor === null && closed !== null && <span className="entry-why">{closed}</span>
        )}
      </span>
      <span className="entry-signs">
        {isNew && (
          <StatusPill tone="accent" icon="plus">
            {t.record.isNew}
          </StatusPill>
        )}
        {record.private && (
          <StatusPill tone="neutral" icon="lock">
            {t.record.private}
          </StatusPill>
        )}
        {!record.final && (
          <StatusPill tone="neutral" icon="clock">
            {t.record.notFinal}
          </StatusPill>
        )}
      </span>
      <Icon name="chevronRight" size={16} />
    </a>
  );
}
