/** Here a patient sees every look into the record: who, what, why, when, and whether it was allowed; and saves the list. */
import { useDeferredValue, useMemo, useState } from "react";
import { Button } from "../design/Button.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Menu } from "../design/Menu.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { saveFile } from "../design/saveFile.ts";
import { type Column, Table } from "../design/Table.tsx";
import { When } from "../design/Times.tsx";
import { showToast } from "../design/toasts.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { purposeWords } from "../sharing/grantWords.ts";
import { ReadFilterBar } from "./ReadFilterBar.tsx";
import { ReadOutcome } from "./ReadOutcome.tsx";
import { ReadWhat } from "./ReadWhat.tsx";
import { filterReads, groupReads, NO_READ_FILTERS, type ReadGroup } from "./reads.ts";
import { readsCsv, readsJson } from "./readsExport.ts";
import { useLiveRecord } from "./useOwnRecord.ts";
import { usePeople } from "./usePeople.ts";
import { useReads } from "./useReads.ts";
import "./patient.css";

const ROWS_AT_FIRST = 50;

export function WhoReadPage() {
  const t = useText();
  const format = useFormat();
  useLiveRecord();
  const { reads, isPending, error, retry } = useReads();
  const [filters, setFilters] = useState(NO_READ_FILTERS);
  const [shownRows, setShownRows] = useState(ROWS_AT_FIRST);
  /** Puts the filters' fields back as well. */
  const [round, setRound] = useState(0);
  const readers = useMemo(() => [...new Set(reads.map(({ receipt }) => receipt.reader))], [reads]);
  const people = usePeople(readers);
  const wanted = useDeferredValue(filters);
  const shown = useMemo(() => filterReads(reads, wanted), [reads, wanted]);
  const groups = useMemo(() => groupReads(shown), [shown]);
  const save = (kind: "csv" | "json") => {
    const text = kind === "csv" ? readsCsv(t, shown, people.name) : readsJson(shown, people.name);
    saveFile(`who-read-my-record.${kind}`, text);
    showToast({ title: t.patient.exportDone });
  };
  return (
    <>
      <PageHeader
        title={t.patient.readsTitle}
        text={t.patient.readsText}
        actions={
          shown.length > 0 && (
            <Menu
              label={t.patient.exportMenu}
              items={[
                { id: "csv", label: t.patient.exportCsv, icon: "download", onAction: () => save("csv") },
                { id: "json", label: t.patient.exportJson, icon: "download", onAction: () => save("json") },
              ]}
            >
              {t.patient.exportMenu}
            </Menu>
          )
        }
      />
      <div className="stack-l">
        <Disclosure title={t.patient.receiptTitle} level={2}>
          {t.patient.receiptText.map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
        </Disclosure>
        {isPending && <Skeleton lines={6} />}
        {error !== null && <ErrorNotice error={error} onRetry={retry} />}
        {!isPending && error === null && reads.length === 0 && (
          <EmptyState icon="eye" title={t.patient.noReadsTitle}>
            {t.patient.noReadsText}
          </EmptyState>
        )}
        {reads.length > 0 && (
          <>
            <ReadFilterBar key={round} filters={filters} onChange={setFilters} readers={readers} people={people} />
            <p className="soft small" role="status">
              {t.patient.readsShown({ shown: format.number(shown.length), all: format.number(reads.length) })}
            </p>
            <ReadsTable groups={groups.slice(0, shownRows)} people={people} />
            {groups.length === 0 && (
              <EmptyState
                icon="filter"
                title={t.patient.noneFit}
                action={
                  <Button
                    onPress={() => {
                      setFilters(NO_READ_FILTERS);
                      setRound(round + 1);
                    }}
                  >
                    {t.patient.clearFilters}
                  </Button>
                }
              />
            )}
            {groups.length > shownRows && (
              <div>
                <Button onPress={() => setShownRows(shownRows + ROWS_AT_FIRST)}>{t.common.showMore}</Button>
              </div>
            )}
          </>
        )}
      </div>
    </>
  );
}

type TableProps = { readonly groups: readonly ReadGroup[]; readonly people: ReturnType<typeof usePeople> };

function ReadsTable({ groups, people }: TableProps) {
  const t = useText();
  const { columns: titles } = t.patient;
  const columns: readonly Column<ReadGroup>[] = [
    {
      id: "who",
      title: titles.who,
      cell: ({ reader }) => {
        const role = people.role(reader);
        return (
          <span className="read-who">
            <PersonName address={reader} name={people.name(reader)} {...(role === undefined ? {} : { role })} />
          </span>
        );
      },
    },
    { id: "what", title: titles.what, wide: true, cell: (group) => <ReadWhat group={group} withList /> },
    { id: "why", title: titles.why, cell: ({ purpose }) => purposeWords(t, purpose) },
    {
      id: "when",
      title: titles.when,
      cell: ({ lastAt }) => (
        <span className="read-when">
          <When at={lastAt} />
        </span>
      ),
    },
    { id: "outcome", title: titles.outcome, cell: ({ outcome }) => <ReadOutcome outcome={outcome} /> },
  ];
  return <Table label={t.patient.readsTitle} columns={columns} rows={groups} rowKey={({ key }) => key} empty={null} />;
}
