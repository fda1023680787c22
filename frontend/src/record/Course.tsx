/** The course of one measurement: every entry of the same code, drawn together. A reader is told what it costs before. */

import { useEffect, useRef } from "react";
import { LIMITS } from "../core/limits.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { SeriesChart } from "../viewers/series/SeriesChart.tsx";
import { useMeasurements } from "./useMeasurements.ts";

type Props = {
  readonly records: readonly ListedRecord[];
  readonly purpose: Purpose;
  readonly title: string;
  readonly onEntry: (key: string) => void;
};

export function Course({ records, purpose, title, onEntry }: Props) {
  const t = useText();
  const words = t.record.course;
  const measured = useMeasurements(records, purpose);
  const { series, isOpening, done, failed, error } = measured;
  const place = useRef<HTMLElement>(null);
  // It came because it was asked for: the person is taken there.
  useEffect(() => place.current?.focus(), []);
  return (
    <section ref={place} className="stack" tabIndex={-1} aria-label={words.title({ title })}>
      <OpeningMeasurements measured={measured} records={records} />
      {series.map((one) => (
        <SeriesChart key={one.key} series={one} onChoose={onEntry} />
      ))}
      {!isOpening && error === null && done === records.length && series.length === 0 && (
        <EmptyState icon="chart" title={words.none}>
          {words.noneText}
        </EmptyState>
      )}
      <FailedOnes count={failed} />
    </section>
  );
}

type OpeningProps = {
  readonly measured: ReturnType<typeof useMeasurements>;
  readonly records: readonly ListedRecord[];
};

/** What is going on with opening them: asked for, under way, broken off; nothing where all is open. */
export function OpeningMeasurements({ measured, records }: OpeningProps) {
  const t = useText();
  const words = t.record.course;
  const format = useFormat();
  const { account } = useClient();
  const { isOpening, done, error, start, cancel } = measured;
  const total = records.length;
  if (isOpening) {
    return (
      <ProgressBar
        label={words.opening}
        value={done === 0 ? null : done / total}
        text={t.common.progressOf({ done: format.number(done), total: format.number(total) })}
        onCancel={cancel}
      />
    );
  }
  if (error !== null) return <ErrorNotice error={error} onRetry={start} />;
  if (done === total) return null;
  const isOwn = records[0]?.patient === account;
  const signatures = format.number(Math.ceil(total / LIMITS.releaseMaxRecords));
  const count = format.number(total);
  return (
    <Callout
      action={
        <Button variant="primary" icon="chart" onPress={start}>
          {done > 0 ? words.goOn : words.start}
        </Button>
      }
    >
      {done > 0 ? words.stopped : isOwn ? words.ask({ count }) : words.askSign({ count, signatures })}
    </Callout>
  );
}

export function FailedOnes({ count }: { readonly count: number }) {
  const t = useText();
  const format = useFormat();
  if (count === 0) return null;
  return <Callout tone="caution">{t.record.course.failed({ count: format.number(count) })}</Callout>;
}
