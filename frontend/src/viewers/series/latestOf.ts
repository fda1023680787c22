/** What of a series is drawn: each point is an element of the page, and a sensor leaves hundreds of them a day. */
import type { Series } from "./collectSeries.ts";

/** More of them nobody can tell apart. */
export const LINES_MAX = 12;

/** @param max how many points of each line are kept, the latest ones. */
export function latestOf(series: Series, max: number): Series {
  if (series.lines.length <= LINES_MAX && series.lines.every((line) => line.points.length <= max)) return series;
  return {
    ...series,
    lines: series.lines.slice(0, LINES_MAX).map((line) => ({ ...line, points: line.points.slice(-max) })),
  };
}
