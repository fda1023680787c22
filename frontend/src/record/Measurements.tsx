/** Vital signs and laboratory values over time, as small charts. The newest entries first; earlier ones when asked for. */
import { useMemo, useState } from "react";
import { Button } from "../design/Button.tsx";
import { Section } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord, Purpose } from "../node/types.ts";
import type { Series } from "../viewers/series/collectSeries.ts";
import { SeriesChart } from "../viewers/series/SeriesChart.tsx";
import { FailedOnes, OpeningMeasurements } from "./Course.tsx";
import { measuring } from "./courseOf.ts";
import { useMeasurements } from "./useMeasurements.ts";
import "./Measurements.css";

/** As many as two signatures of a reader cover. */
const FIRST_COUNT = 512;

type Props = {
  readonly records: readonly ListedRecord[];
  readonly purpose: Purpose;
  readonly onEntry: (key: string) => void;
};

export function Measurements({ records, purpose, onEntry }: Props) {
  const t = useText();
  const words = t.record.measurements;
  const format = useFormat();
  const [count, setCount] = useState(FIRST_COUNT);
  const all = useMemo(() => measuring(records), [records]);
  const wanted = useMemo(() => all.slice(0, count), [all, count]);
  const measured = useMeasurements(wanted, purpose);
  const { series, isOpening, done, failed } = measured;
  if (all.length === 0) {
    return (
      <EmptyState icon="chart" title={words.none}>
        {words.noneText}
      </EmptyState>
    );
  }
  const groups: readonly (readonly [string, readonly Series[]])[] = [
    [words.vital, series.filter((one) => one.category === "vital-signs")],
    [words.laboratory, series.filter((one) => one.category === "laboratory")],
    [words.other, series.filter((one) => one.category === "other")],
  ];
  return (
    <div className="stack-l">
      <p className="soft">{words.text}</p>
      <OpeningMeasurements measured={measured} records={wanted} />
      {groups.map(
        ([title, group]) =>
          group.length > 0 && (
            <Section key={title} title={title}>
              <div className="measurements">
                {group.map((one) => (
                  <div key={one.key} className="measurement">
                    <SeriesChart series={one} onChoose={onEntry} />
                  </div>
                ))}
              </div>
            </Section>
          ),
      )}
      {!isOpening && done === wanted.length && series.length === 0 && (
        <EmptyState icon="chart" title={t.record.course.none}>
          {t.record.course.noneText}
        </EmptyState>
      )}
      <FailedOnes count={failed} />
      {all.length > wanted.length && !isOpening && (
        <div className="row">
          <span className="soft">{words.earlier({ count: format.number(all.length - wanted.length) })}</span>
          <Button size="s" onPress={() => setCount(count + FIRST_COUNT)}>
            {words.earlierShow}
          </Button>
        </div>
      )}
    </div>
  );
}
