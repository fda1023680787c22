/**
 * A record that was listed: its filters, timeline and measurements, and the entry that is open. The same for the patient and
 * for a reader; what differs is who gives signatures for it.
 */
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { EmptyState } from "../design/EmptyState.tsx";
import { Icon } from "../design/Icon.tsx";
import { Tabs } from "../design/Tabs.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Address, ListedRecord, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { categoryName } from "./categories.ts";
import { EntryPanel } from "./EntryPanel.tsx";
import { shownTitle } from "./entryTitle.ts";
import { boundsOf } from "./filterParams.ts";
import { lastLook } from "./lastLook.ts";
import { Measurements } from "./Measurements.tsx";
import { NotHadNow } from "./NotHadNow.tsx";
import { RecordFilters } from "./RecordFilters.tsx";
import { entryKey, filterRecords, indexRecords } from "./recordIndex.ts";
import { Timeline } from "./Timeline.tsx";
import { usePeople } from "./usePeople.ts";
import { useRecordView } from "./useRecordView.ts";

type Props = {
  readonly patient: Address;
  readonly purpose: Purpose;
  readonly records: readonly ListedRecord[];
  /** The address of the page: entries are below it. */
  readonly base: string;
  readonly empty: ReactNode;
  /** Entries that are there and may not be seen; null where the node does not tell. */
  readonly hiddenCount?: number | null;
  /** Access is over: what is open stays, and nothing more opens. */
  readonly isOver?: boolean;
  readonly withMeasurements?: boolean;
  /** Why entries of a category can't be seen by this reader now, though they are there; null where they can. */
  readonly closedWords?: (categoryCode: string) => string | null;
  /** Gets the list again, for entries that could not be had. */
  readonly onListAgain: () => void;
};

export function RecordBrowser(props: Props) {
  const { patient, purpose, records, base, empty, onListAgain } = props;
  const { hiddenCount = null, isOver = false, withMeasurements = true, closedWords = NOT_CLOSED } = props;
  const t = useText();
  const { view, change, entryKey: openKey, hrefOf, openEntry, followEntry, closeEntry } = useRecordView(base);
  const authors = useMemo(() => records.map((one) => one.author), [records]);
  const people = usePeople(authors, patient);
  const open = openKey === null ? null : (records.find((one) => entryKey(one) === openKey) ?? null);
  // What can't be opened is not asked for: it would only be refused.
  const openable = useMemo(
    () => records.filter((one) => closedWords(one.categoryCode) === null),
    [records, closedWords],
  );
  const timeline = (
    <Listed {...{ patient, records, people, hiddenCount, view, change, hrefOf, openEntry, openKey, closedWords }} />
  );
  return (
    <>
      {!isOver && <NotHadNow records={records} onListAgain={onListAgain} />}
      {records.length === 0 ? (
        <div className="stack">
          {empty}
          <Hidden count={hiddenCount} />
        </div>
      ) : withMeasurements ? (
        <Tabs
          label={t.record.tabsLabel}
          selected={view.tab}
          onSelect={(tab) => change({ tab: tab === "measurements" ? tab : "timeline" })}
          items={[
            { id: "timeline", label: t.record.tabs.timeline, content: timeline },
            {
              id: "measurements",
              label: t.record.tabs.measurements,
              content: <Measurements records={openable} purpose={purpose} onEntry={openEntry} />,
            },
          ]}
        />
      ) : (
        timeline
      )}
      {openKey !== null && (
        <EntryPanel
          key={openKey}
          record={open}
          records={openable}
          closed={open === null ? null : closedWords(open.categoryCode)}
          {...{ purpose, people, isOver, onListAgain, hrefOf }}
          onEntry={openEntry}
          onFollow={followEntry}
          onClose={closeEntry}
        />
      )}
    </>
  );
}

const NOT_CLOSED = () => null;

type ListedProps = Pick<Props, "patient" | "records"> &
  Pick<ReturnType<typeof useRecordView>, "view" | "change" | "hrefOf" | "openEntry"> & {
    readonly people: ReturnType<typeof usePeople>;
    readonly hiddenCount: number | null;
    readonly openKey: string | null;
    readonly closedWords: (categoryCode: string) => string | null;
  };

function Listed(props: ListedProps) {
  const { patient, records, people, hiddenCount, view, change, hrefOf, openEntry, openKey, closedWords } = props;
  const t = useText();
  const format = useFormat();
  const clinical = useClinical();
  const { account } = useClient();
  const [text, setText] = useState("");
  const [now] = useState(() => Date.now() / 1_000);
  const [newSince] = useState(() => lastLook(account, patient, now));
  // Typing stays quick while the list follows.
  const searched = useDeferredValue(text);
  const index = useMemo(
    () =>
      indexRecords(records, {
        category: (code) => categoryName(t, code),
        author: people.nameOf,
        title: (descriptor) => shownTitle(clinical, descriptor),
      }),
    [records, people, t, clinical],
  );
  const newCount = newSince === null ? 0 : records.filter((one) => one.recordedAt > newSince).length;
  const entries = useMemo(() => {
    const { from, until } = boundsOf(view, now);
    return filterRecords(index, {
      categories: view.categories,
      authors: view.author === null ? [] : [view.author],
      from: view.onlyNew ? Math.max(from ?? 0, (newSince ?? 0) + 1) : from,
      until,
      text: searched,
    });
  }, [index, view, now, newSince, searched]);
  const total = format.number(records.length);
  return (
    <div className="stack">
      <RecordFilters {...{ index, people, view, newCount, text }} onChange={change} onText={setText} />
      <p className="soft small" role="status">
        {entries.length === records.length
          ? t.record.shownAll({ total })
          : t.record.shown({ count: format.number(entries.length), total })}
      </p>
      <Hidden count={hiddenCount} />
      {entries.length === 0 ? (
        <EmptyState icon="search" title={t.record.noneFound}>
          {t.record.noneFoundText}
        </EmptyState>
      ) : (
        <Timeline {...{ entries, people, hrefOf, openKey, newSince, closedWords }} onOpen={openEntry} />
      )}
    </div>
  );
}

function Hidden({ count }: { readonly count: number | null }) {
  const t = useText();
  const format = useFormat();
  if (count === null || count === 0) return null;
  return (
    <p className="row soft small">
      <Icon name="eyeOff" size={16} />
      {t.record.hidden({ count: format.number(count) })}
    </p>
  );
}
