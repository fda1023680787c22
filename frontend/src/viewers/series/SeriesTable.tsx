/** The numbers of a chart as a table, newest first. */
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/text.ts";
import type { Point, Series } from "./collectSeries.ts";
import { EXACTLY, valueWords } from "./pointWords.ts";

export function SeriesTable({ series }: { readonly series: Series }) {
  const t = useText().viewers.series;
  const format = useFormat();
  const rows = series.lines
    .flatMap((line) => line.points.map((point) => ({ line, point })))
    .sort((a, b) => b.point.at - a.point.at);
  const number = (value: number) => format.number(value, EXACTLY);
  const several = series.lines.length > 1;
  return (
    <div className="series-table">
      <table>
        <caption className="visually-hidden">{series.title}</caption>
        <thead>
          <tr>
            <th scope="col">{t.when}</th>
            {several && <th scope="col">{t.what}</th>}
            <th scope="col">{t.value}</th>
            <th scope="col">{t.range}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ line, point }, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one series never change places
            <tr key={i}>
              <td>{format.date(point.at)}</td>
              {several && <td>{line.title}</td>}
              <td>
                {valueWords(point, format)} {series.unit} {point.outside !== null && <strong>({t.outside})</strong>}
              </td>
              <td>{rangeText(point, number)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function rangeText(point: Point, number: (value: number) => string): string {
  if (point.low !== null && point.high !== null) return `${number(point.low)} – ${number(point.high)}`;
  if (point.low !== null) return `≥ ${number(point.low)}`;
  return point.high === null ? "" : `≤ ${number(point.high)}`;
}
