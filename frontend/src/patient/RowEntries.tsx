/** The entries of one row, each with its copies store by store, and the way to the entry. */
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { When } from "../design/Times.tsx";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { categoryWords } from "../sharing/grantWords.ts";
import { CopyMark } from "./CopyMark.tsx";
import { copyIn, type GridRow, pieceIn, type RecordState } from "./copiesGrid.ts";
import { useEntryTitles } from "./useEntryTitles.ts";
import { usePlaceNames } from "./usePlaceNames.ts";

const TONES: Readonly<Record<RecordState, Tone>> = {
  healthy: "good",
  degraded: "caution",
  damaged: "caution",
  unreachable: "caution",
  "never stored": "bad",
  lost: "bad",
  unchecked: "neutral",
};

export function RowEntries({ row, stores }: { readonly row: GridRow; readonly stores: readonly string[] }) {
  const t = useText();
  const places = usePlaceNames();
  const titles = useEntryTitles();
  // What needs care comes first.
  const entries = row.entries.toSorted(
    (a, b) => Number(a.copies.state === "healthy") - Number(b.copies.state === "healthy"),
  );
  return (
    <div className="stack">
      <p className="soft small">{t.care.verifyHint}</p>
      {entries.map((entry) => (
        <Card
          key={entry.key}
          level={3}
          title={
            titles.get(entry.key) ?? t.patient.entryOf({ category: categoryWords(t, [entry.categoryCode]).join("") })
          }
        >
          <div className="row">
            <StatusPill tone={TONES[entry.copies.state]}>{t.care.recordStates[entry.copies.state]}</StatusPill>
            <span className="soft small">
              {categoryName(t, entry.categoryCode)}, <When at={entry.recordedAt} />
            </span>
          </div>
          <DataList
            items={stores.map((store) => {
              const state = copyIn(store, entry.copies);
              const faulty = entry.copies.objects.filter(
                (object) => !["good", "none"].includes(pieceIn(store, object)),
              );
              const pieces = faulty.map(({ role }) => t.care.objects[role]);
              return {
                term: places.ofStore(store),
                value: (
                  <span className="row">
                    <CopyMark state={state} />
                    {t.care.copyStates[state]}
                    {pieces.length > 0 && ` (${pieces.join(", ")})`}
                  </span>
                ),
              };
            })}
          />
          <div>
            <LinkButton href={`/record/${entry.key}`} size="s" icon="shield">
              {t.care.verifyEntry}
            </LinkButton>
          </div>
        </Card>
      ))}
    </div>
  );
}
