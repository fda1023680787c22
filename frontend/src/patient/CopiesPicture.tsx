/** Every copy of every entry: rows of entries, columns of stores, and one row's entries to look at. */
import { useMemo, useState } from "react";
import { Button } from "../design/Button.tsx";
import { Section } from "../design/Card.tsx";
import { Drawer } from "../design/Dialog.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { type Column, Table } from "../design/Table.tsx";
import { useFormat } from "../i18n/format.ts";
import { useLanguage, useText } from "../i18n/text.ts";
import type { RecordCopies } from "../node/listCopies.ts";
import { categoryName } from "../record/categories.ts";
import { entryKey } from "../record/recordIndex.ts";
import { CopyMark } from "./CopyMark.tsx";
import { type CopyState, copyIn, type EntryFacts, type GridRow, gridRows, storesOf } from "./copiesGrid.ts";
import { RowEntries } from "./RowEntries.tsx";
import { useRecordsTold } from "./useOwnRecord.ts";
import { usePlaceNames } from "./usePlaceNames.ts";
import "./health.css";

const STATES: readonly CopyState[] = ["good", "wrong", "missing", "unreachable", "none"];
const ROWS_AT_FIRST = 12;
const BY = ["month", "category"] as const;

export function CopiesPicture({ copies }: { readonly copies: readonly RecordCopies[] }) {
  const t = useText();
  const format = useFormat();
  const { locale } = useLanguage();
  const places = usePlaceNames();
  const told = useRecordsTold();
  const [by, setBy] = useState<(typeof BY)[number]>("month");
  const [isWhole, setIsWhole] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const facts = useMemo(() => {
    const found = new Map<string, EntryFacts>();
    for (const { sequence, leaf_index: leafIndex, category_code, recorded_at } of told.data ?? []) {
      found.set(entryKey({ sequence, leafIndex }), { categoryCode: category_code, recordedAt: recorded_at });
    }
    return found;
  }, [told.data]);
  const stores = useMemo(() => storesOf(copies), [copies]);
  const rows = useMemo(() => gridRows(copies, facts, by), [copies, facts, by]);
  const month = new Intl.DateTimeFormat(locale, { year: "numeric", month: "long" });
  const titleOf = (row: GridRow) =>
    row.categoryCode === null ? month.format(row.at * 1_000) : categoryName(t, row.categoryCode);
  const open = rows.find(({ key }) => key === chosen);
  const columns: readonly Column<GridRow>[] = [
    {
      id: "group",
      title: t.care.group,
      cell: (row) => (
        <Button variant="quiet" size="s" onPress={() => setChosen(row.key)}>
          {titleOf(row)}
        </Button>
      ),
    },
    ...stores.map(
      (store): Column<GridRow> => ({
        id: store,
        title: places.ofStore(store),
        cell: (row) => {
          const states = row.entries.map((entry) => ({ key: entry.key, state: copyIn(store, entry.copies) }));
          const kept = states.filter(({ state }) => state !== "none");
          const good = kept.filter(({ state }) => state === "good").length;
          return (
            <span className="stack-s">
              <span className="copy-marks">
                {states.map(({ key, state }) => (
                  <CopyMark key={key} state={state} />
                ))}
              </span>
              <span className="small soft number">
                {kept.length === 0
                  ? t.care.copyStates.none
                  : t.care.countsLabel({ good: format.number(good), all: format.number(kept.length) })}
              </span>
            </span>
          );
        },
      }),
    ),
  ];
  return (
    <Section title={t.care.pictureTitle} text={t.care.pictureText}>
      <RadioGroup
        label={t.care.groupBy}
        options={BY.map((id) => ({ id, label: t.care.groups[id] }))}
        value={by}
        onChange={setBy}
        columns={2}
      />
      <ul className="copies-legend" aria-label={t.care.legend}>
        {STATES.map((state) => (
          <li key={state}>
            <CopyMark state={state} />
            {t.care.copyStates[state]}
          </li>
        ))}
      </ul>
      <Table
        label={t.care.pictureTitle}
        columns={columns}
        rows={isWhole ? rows : rows.slice(0, ROWS_AT_FIRST)}
        rowKey={({ key }) => key}
      />
      {!isWhole && rows.length > ROWS_AT_FIRST && (
        <div>
          <Button onPress={() => setIsWhole(true)}>{t.care.showAll}</Button>
        </div>
      )}
      {open !== undefined && (
        <Drawer isOpen onClose={() => setChosen(null)} title={titleOf(open)}>
          <RowEntries row={open} stores={stores} />
        </Drawer>
      )}
    </Section>
  );
}
