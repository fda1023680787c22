/** The entries to add, as many as there are: only those in sight are drawn. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { IconButton } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Icon } from "../design/Icon.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { shownTitle } from "../record/entryTitle.ts";
import { KIND_ICONS, kindOf } from "./kindOf.ts";
import { type Row, type RowState, rowState } from "./rows.ts";
import "./RowList.css";

const ROW_PX = 76;
const TONES: Readonly<Record<RowState, Tone>> = {
  ready: "good",
  needs_category: "caution",
  not_allowed: "bad",
  left_out: "neutral",
};

type Props = {
  readonly rows: readonly Row[];
  readonly writable: ReadonlySet<string>;
  readonly onWanted: (row: Row, isWanted: boolean) => void;
  readonly onChange: (row: Row) => void;
};

export function RowList({ rows, writable, onWanted, onChange }: Props) {
  const t = useText();
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
    getItemKey: (at) => rows[at]?.id ?? at,
  });
  return (
    <div ref={frame} className="row-list">
      <ul aria-label={t.upload.entriesLabel} style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, key, start }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <li
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              <RowLine row={row} state={rowState(row, writable)} onWanted={onWanted} onChange={onChange} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}

type LineProps = Pick<Props, "onWanted" | "onChange"> & { readonly row: Row; readonly state: RowState };

function RowLine({ row, state, onWanted, onChange }: LineProps) {
  const t = useText();
  const format = useFormat();
  const clinical = useClinical();
  const { item } = row;
  const title = shownTitle(clinical, item);
  const kind = kindOf(item);
  const what = [
    item.fhirType === null ? t.upload.kinds[kind] : `${t.upload.kinds[kind]} ${item.fhirType}`,
    format.bytes(item.content.size),
    ...(item.fileName === null || item.fileName === item.title ? [] : [item.fileName]),
  ];
  return (
    <div className="row-line">
      <Checkbox isSelected={row.isWanted} onChange={(wanted) => onWanted(row, wanted)}>
        <span className="row-line-title">
          <Icon name={KIND_ICONS[kind]} size={16} />
          <span>{title}</span>
        </span>
        <span className="row-line-more soft small">
          {what.join(" · ")}
          {row.sameAs !== null && ` · ${t.upload.sameAs({ title: shownTitle(clinical, row.sameAs) })}`}
        </span>
      </Checkbox>
      <div className="row-line-end">
        {row.categoryCode !== null && <span className="small">{categoryName(t, row.categoryCode)}</span>}
        {state !== "ready" && <StatusPill tone={TONES[state]}>{t.upload.states[state]}</StatusPill>}
        <IconButton icon="pen" label={t.upload.change({ title })} onPress={() => onChange(row)} />
      </div>
    </div>
  );
}
