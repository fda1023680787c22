/** What was measured more than once, as charts. */
import { useMemo, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { nameOfCodes, useClinical } from "../../i18n/clinical.ts";
import { useText } from "../../i18n/text.ts";
import { collectSeries, type Series, type Sourced } from "../series/collectSeries.ts";
import { SeriesChart } from "../series/SeriesChart.tsx";

const SHOWN_AT_ONCE = 4;

type Props = {
  readonly sourced: readonly Sourced[];
  readonly title: string;
  /** Only series of which this is a part. */
  readonly holding?: string;
};

export function Measurements({ sourced, title, holding }: Props) {
  const t = useText();
  const clinical = useClinical();
  const [isAll, setAll] = useState(false);
  const series = useMemo(
    () =>
      collectSeries(sourced, (codes) => nameOfCodes(clinical, codes))
        .filter(isOverTime)
        .filter(
          ({ lines }) =>
            holding === undefined || lines.some(({ points }) => points.some(({ source }) => source === holding)),
        ),
    [sourced, holding, clinical],
  );
  if (series.length === 0) return null;
  return (
    <section className="stack" aria-label={title}>
      <h4>{title}</h4>
      <div className="fhir-charts">
        {series.slice(0, isAll ? undefined : SHOWN_AT_ONCE).map((one) => (
          <SeriesChart key={one.key} series={one} />
        ))}
      </div>
      {!isAll && series.length > SHOWN_AT_ONCE && (
        <div>
          <Button size="s" onPress={() => setAll(true)}>
            {t.common.showMore}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Values of one moment are no course. */
function isOverTime({ lines }: Series): boolean {
  return lines.some(({ points }) => points.some((point) => point.at !== points[0]?.at));
}
