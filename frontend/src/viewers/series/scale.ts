/** Where things lie in a chart: pure arithmetic, so that it can be tested without drawing. */
import type { Series } from "./collectSeries.ts";

export type Extent = { readonly from: number; readonly to: number };

/** The times and values that a series covers, its reference ranges included, with a little air around the values. */
export function extentsOf(series: Series): { readonly times: Extent; readonly values: Extent } {
  const points = series.lines.flatMap((line) => line.points);
  const times = around(
    points.map((point) => point.at),
    43_200,
  );
  const values = points.flatMap((point) => [point.value, point.low, point.high].filter((one) => one !== null));
  const bare = around(values, Math.max(1, Math.abs(values[0] ?? 0) * 0.1));
  const air = (bare.to - bare.from) * 0.08;
  return { times, values: { from: bare.from - air, to: bare.to + air } };
}

function around(values: readonly number[], pad: number): Extent {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  return from < to ? { from, to } : { from: (values[0] ?? 0) - pad, to: (values[0] ?? 0) + pad };
}

/** A linear scale from an extent onto pixels. */
export function linear(extent: Extent, pixels: Extent): (value: number) => number {
  const factor = (pixels.to - pixels.from) / (extent.to - extent.from);
  return (value) => pixels.from + (value - extent.from) * factor;
}

/** Round numbers inside an extent, at most `count`: steps of 1, 2 or 5 times a power of ten. */
export function roundTicks(extent: Extent, count: number): readonly number[] {
  const rough = (extent.to - extent.from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const first = Math.ceil(extent.from / step);
  const ticks = [];
  for (let i = first; i * step <= extent.to && ticks.length <= count; i += 1)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

const DAY_S = 86_400;

/** Unix seconds at which a chart names the time: first days of years, quarters, months, or days, whichever are few enough. */
export function timeTicks(extent: Extent, count: number): readonly number[] {
  const days = (extent.to - extent.from) / DAY_S;
  const months = [1, 3, 6, 12, 24, 60, 120].find((step) => days / (step * 30.4) <= count);
  if (days < 45 || months === undefined) {
    const step = Math.max(1, Math.ceil(days / count)) * DAY_S;
    const ticks = [];
    for (let at = Math.ceil(extent.from / DAY_S) * DAY_S; at <= extent.to; at += step) ticks.push(at);
    return ticks;
  }
  const start = new Date(extent.from * 1_000);
  const ticks = [];
  const firstMonth = Math.ceil((start.getFullYear() * 12 + start.getMonth() + 1) / months) * months;
  for (let month = firstMonth; ; month += months) {
    const at = new Date(Math.floor(month / 12), month % 12, 1).getTime() / 1_000;
    if (at > extent.to) return ticks;
    if (at >= extent.from) ticks.push(at);
  }
}
