/** Points of a series in words, for the line below the chart and for its table. */
import type { Format } from "../../i18n/format.ts";
import type { useText } from "../../i18n/text.ts";
import type { Line, Point, Series } from "./collectSeries.ts";

type Words = ReturnType<typeof useText>["viewers"]["series"];

/** A laboratory value is not rounded to three decimals. */
export const EXACTLY: Intl.NumberFormatOptions = { maximumSignificantDigits: 15 };

/** "<5": a bound is never told as a value. */
export function valueWords(point: Point, format: Format): string {
  return `${point.comparator ?? ""}${format.number(point.value, EXACTLY)}`;
}

/** The latest values, those of one moment: "Latest: 130 / 80 mmHg on 3 May 2026". */
export function latestWords(series: Series, format: Format, t: Words): string {
  const last = series.lines.flatMap((line) => line.points.slice(-1));
  const latest = Math.max(...last.map((point) => point.at));
  return t.latest({
    value: last
      .filter((point) => point.at === latest)
      .map((point) => valueWords(point, format))
      .join(" / "),
    unit: series.unit,
    date: format.date(latest),
  });
}

export function pointWords(point: Point, line: Line, series: Series, format: Format, t: Words): string {
  const name = series.lines.length > 1 ? `${line.title}: ` : "";
  const value = `${name}${valueWords(point, format)} ${series.unit}`.trim();
  return [value, format.date(point.at), rangeWords(point, format, t), point.outside === null ? "" : t.outside]
    .filter((one) => one !== "")
    .join(" · ");
}

function rangeWords({ low, high }: Point, format: Format, t: Words): string {
  const number = (value: number) => format.number(value, EXACTLY);
  if (low !== null && high !== null) return t.rangeBetween({ low: number(low), high: number(high) });
  if (low !== null) return t.rangeFrom({ low: number(low) });
  return high === null ? "" : t.rangeTo({ high: number(high) });
}
