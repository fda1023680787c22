/**
 * One measurement over time, with its reference range as a band. Drawn as SVG by React: nothing is injected, every point can be
 * reached by the arrow keys and is read out, and the same numbers are in a table.
 */
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { useFormat } from "../../i18n/format.ts";
import { useLanguage, useText } from "../../i18n/text.ts";
import { bandsOf } from "./bands.ts";
import type { Line, Point, Series } from "./collectSeries.ts";
import { latestOf } from "./latestOf.ts";
import { EXACTLY, latestWords, pointWords } from "./pointWords.ts";
import { SeriesMark } from "./SeriesMark.tsx";
import { SeriesTable } from "./SeriesTable.tsx";
import { type Extent, extentsOf, linear, roundTicks, timeTicks } from "./scale.ts";
import "./SeriesChart.css";

const HEIGHT = 220;
const MARGIN = { top: 12, right: 28, bottom: 28, left: 48 };
const LEAST_WIDTH = 240;
const TICK_EVERY_PX = 72;
const EDGES: Extent = { from: MARGIN.top, to: HEIGHT - MARGIN.bottom };
/** Of each line. */
const SHOWN_MAX = 1_000;
const DAY_S = 86_400;

type Props = {
  readonly series: Series;
  /** Called with a point's source when it is chosen (Enter or a click); leaves points inert where it is not given. */
  readonly onChoose?: (source: string) => void;
};

export function SeriesChart({ series: whole, onChoose }: Props) {
  const t = useText().viewers.series;
  const format = useFormat();
  const titleId = useId();
  const [box, width] = useWidth();
  const [at, setAt] = useState<{ line: number; point: number } | null>(null);
  const [asTable, setAsTable] = useState(false);
  const series = useMemo(() => latestOf(whole, SHOWN_MAX), [whole]);
  const [shown, total] = [sumOf(series), sumOf(whole)];
  const scales = useMemo(() => scalesOf(series, width), [series, width]);
  const chosen = at === null ? undefined : series.lines[at.line]?.points[at.point];
  const chosenLine = at === null ? undefined : series.lines[at.line];

  const move = (event: KeyboardEvent) => {
    const next = moved(series, at, event.key);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
  };

  return (
    <figure className="series" aria-labelledby={titleId} ref={box}>
      <figcaption className="series-head">
        <span className="series-title" id={titleId}>
          {series.title}
          {series.unit !== "" && <span className="series-unit"> {series.unit}</span>}
        </span>
        <button type="button" className="series-toggle" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? t.showChart : t.showTable}
        </button>
      </figcaption>
      {asTable ? (
        <SeriesTable series={series} />
      ) : (
        <>
          {/* An application in the small: the arrow keys go from point to point, and the live line below says where one is. */}
          <svg
            className="series-chart"
            width={width}
            height={HEIGHT}
            role="application"
            aria-label={t.chartLabel({ title: series.title, count: format.number(shown) })}
            tabIndex={0}
            onKeyDown={move}
            onBlur={() => setAt(null)}
          >
            <Axes scales={scales} width={width} />
            {series.lines.map((line, index) => (
              <Drawn key={line.key} line={line} index={index} scales={scales} />
            ))}
            {series.lines.flatMap((line, lineIndex) =>
              line.points.map((point, pointIndex) => (
                <SeriesMark
                  key={`${line.key} ${pointIndex}`}
                  point={point}
                  x={scales.x(point.at)}
                  y={scales.y(point.value)}
                  line={lineIndex}
                  isCurrent={at?.line === lineIndex && at.point === pointIndex}
                  onPoint={() => setAt({ line: lineIndex, point: pointIndex })}
                  {...(onChoose === undefined ? {} : { onChoose: () => onChoose(point.source) })}
                />
              )),
            )}
          </svg>
          <p className="series-said" aria-live="polite">
            {chosen === undefined || chosenLine === undefined
              ? latestWords(series, format, t)
              : pointWords(chosen, chosenLine, series, format, t)}
          </p>
        </>
      )}
      {shown < total && (
        <p className="small soft">{t.latestOnly({ shown: format.number(shown), total: format.number(total) })}</p>
      )}
      {series.lines.length > 1 && !asTable && (
        <ul className="series-legend">
          {series.lines.map((line, index) => (
            <li key={line.key} data-line={index % 3}>
              {line.title}
            </li>
          ))}
        </ul>
      )}
    </figure>
  );
}

type Scales = {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  readonly times: Extent;
  readonly values: Extent;
};

function scalesOf(series: Series, width: number): Scales {
  const { times, values } = extentsOf(series);
  return {
    times,
    values,
    x: linear(times, { from: MARGIN.left, to: width - MARGIN.right }),
    y: linear(values, { from: HEIGHT - MARGIN.bottom, to: MARGIN.top }),
  };
}

function Axes({ scales, width }: { readonly scales: Scales; readonly width: number }) {
  const format = useFormat();
  const { locale } = useLanguage();
  const days = (scales.times.to - scales.times.from) / DAY_S;

  return (
    <g aria-hidden="true">
      {roundTicks(scales.values, 4).map((value) => (
        <g key={value} className="series-tick">
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={scales.y(value)} y2={scales.y(value)} />
          <text x={MARGIN.left - 8} y={scales.y(value)} textAnchor="end" dominantBaseline="middle">
            {format.number(value, EXACTLY)}
          </text>
        </g>
      ))}
      {timeTicks(scales.times, Math.max(2, Math.floor((width - MARGIN.left) / TICK_EVERY_PX))).map((at) => (
        <text key={at} className="series-time" x={scales.x(at)} y={HEIGHT - 8} textAnchor="middle">
          {timeWords(at, days, locale)}
        </text>
      ))}
    </g>
  );
}

/** As much of a date as the chart's length asks for: the year over years, the month over months, else the day. */
function timeWords(at: number, days: number, locale: string): string {
  const options: Intl.DateTimeFormatOptions =
    days > 1_200
      ? { year: "numeric" }
      : days > 60
        ? { year: "2-digit", month: "short" }
        : { month: "short", day: "numeric" };
  return new Date(at * 1_000).toLocaleDateString(locale, options);
}

/** A line's reference range as a band, and the line itself. */
function Drawn({ line, index, scales }: { readonly line: Line; readonly index: number; readonly scales: Scales }) {
  const path = line.points
    .map((point, i) => `${i === 0 ? "M" : "L"}${scales.x(point.at)} ${scales.y(point.value)}`)
    .join("");
  return (
    <g aria-hidden="true">
      {bandsOf(line.points, scales, EDGES).map((points) => (
        <polygon key={points} className="series-band" points={points} />
      ))}
      <path className="series-line" data-line={index % 3} d={path} />
    </g>
  );
}

/** Where the arrow keys lead from a point: along the line, or to another line's nearest point. */
export function moved(
  series: Series,
  at: { line: number; point: number } | null,
  key: string,
): { line: number; point: number } | null {
  const here = at ?? { line: 0, point: -1 };
  const points = series.lines[here.line]?.points ?? [];
  switch (key) {
    case "ArrowRight":
      return { line: here.line, point: Math.min(points.length - 1, here.point + 1) };
    case "ArrowLeft":
      return { line: here.line, point: here.point < 0 ? points.length - 1 : Math.max(0, here.point - 1) };
    case "Home":
      return { line: here.line, point: 0 };
    case "End":
      return { line: here.line, point: points.length - 1 };
    case "ArrowUp":
    case "ArrowDown": {
      const line = (here.line + (key === "ArrowUp" ? series.lines.length - 1 : 1)) % series.lines.length;
      return { line, point: nearest(series.lines[line]?.points ?? [], points[here.point]?.at ?? 0) };
    }
    default:
      return null;
  }
}

function nearest(points: readonly Point[], at: number): number {
  let best = 0;
  points.forEach((point, i) => {
    if (Math.abs(point.at - at) < Math.abs((points[best]?.at ?? 0) - at)) best = i;
  });
  return best;
}

function sumOf(series: Series): number {
  return series.lines.reduce((sum, line) => sum + line.points.length, 0);
}

function useWidth(): [React.RefObject<HTMLElement | null>, number] {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(LEAST_WIDTH);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setWidth(Math.max(LEAST_WIDTH, element.clientWidth)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}
