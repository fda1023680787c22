import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { en } from "../../i18n/en.ts";
import { formatOf } from "../../i18n/format.ts";
import { LanguageContext } from "../../i18n/text.ts";
import { bandsOf } from "./bands.ts";
import { type Point, type Series, sizeOf } from "./collectSeries.ts";
import { LINES_MAX, latestOf } from "./latestOf.ts";
import { latestWords, pointWords } from "./pointWords.ts";
import { SeriesMark } from "./SeriesMark.tsx";
import { SeriesTable } from "./SeriesTable.tsx";

const DAY = 86_400;
const point = (day: number, value: number, extra: Partial<Point> = {}): Point => ({
  at: day * DAY,
  value,
  comparator: null,
  outside: null,
  low: null,
  high: null,
  source: "",
  ...extra,
});
const seriesOf = (...lines: (readonly Point[])[]): Series => ({
  key: "k",
  title: "T",
  unit: "ng/L",
  category: "laboratory",
  lines: lines.map((points, i) => ({ key: String(i), title: `L${i}`, points })),
});
const format = formatOf("en-GB");
const t = en.viewers.series;

describe("a bound", () => {
  const bound = point(1, 5, { comparator: "<", low: 10 });
  const series = seriesOf([bound]);

  test("is told with its sign in every text", () => {
    const [line] = series.lines;
    if (line === undefined) throw new Error("no line");
    expect(pointWords(bound, line, series, format, t)).toMatch(/^<5 ng\/L/);
    expect(latestWords(series, format, t)).toContain("<5 ng/L");
    const language = { language: "en", locale: "en-GB", texts: en, change: () => undefined } as const;
    const table = (
      <LanguageContext value={language}>
        <SeriesTable series={series} />
      </LanguageContext>
    );
    expect(renderToStaticMarkup(table)).toContain("&lt;5 ng/L");
  });

  test("is drawn as one", () => {
    const drawn = (comparator: string | null) =>
      renderToStaticMarkup(
        <SeriesMark
          point={{ ...bound, comparator }}
          x={20}
          y={50}
          line={0}
          isCurrent={false}
          onPoint={() => undefined}
        />,
      );
    expect(drawn("<")).toMatch(/data-bound="true".*M20 54\.5V66\.5/);
    expect(drawn(">=")).toMatch(/data-bound="true".*M20 45\.5V33\.5/);
    expect(drawn(null)).not.toContain("series-arrow");
  });
});

test("what is told as the latest is of one day", () => {
  const series = seriesOf([point(1, 130), point(2, 140)], [point(1, 80)]);
  expect(latestWords(series, format, t)).toContain("Latest: 140 ng/L");
});

test("of a long series the latest are drawn", () => {
  const series = seriesOf(
    Array.from({ length: 5_000 }, (_, day) => point(day, day)),
    [point(1, 1)],
  );
  const [long, short] = latestOf(series, 1_000).lines;
  expect([long?.points.length, long?.points.at(-1)?.value, short?.points.length]).toEqual([1_000, 4_999, 1]);
});

test("an observation of a hundred thousand parts is a chart of a few lines", () => {
  const parts = Array.from({ length: 200_000 }, () => [point(1, 1)]);
  const lines = parts.map((points, i) => ({ key: String(i), title: "", points }));
  const series = { ...seriesOf(), lines };
  expect([sizeOf(series), latestOf(series, 1_000).lines.length]).toEqual([1, LINES_MAX]);
});

describe("bandsOf", () => {
  const scales = { x: (at: number) => (at / DAY) * 100, y: (value: number) => 100 - value };
  const bands = (...points: Point[]) => bandsOf(points, scales, { from: 0, to: 100 });

  test("a range is drawn where there is one, and not over a value without", () => {
    const ranged = { low: 10, high: 20 };
    expect(bands(point(1, 15, ranged), point(2, 15, ranged), point(3, 15), point(4, 15, ranged))).toEqual([
      "100,80 200,80 200,90 100,90",
      "392,80 408,80 408,90 392,90",
    ]);
    expect(bands(point(1, 15))).toEqual([]);
  });

  test("an open side is not led into a limit of another value", () => {
    expect(bands(point(1, 15, { low: 10 }), point(2, 15, { low: 10 }), point(3, 15, { high: 20 }))).toEqual([
      "100,0 200,0 200,90 100,90",
      "292,80 308,80 308,100 292,100",
    ]);
  });
});
