/** Reference ranges as areas of a chart. */
import type { Point } from "./collectSeries.ts";
import type { Extent } from "./scale.ts";

type Scales = { readonly x: (at: number) => number; readonly y: (value: number) => number };

/** Half as wide as the range of a value is drawn that has no neighbour with one. */
const ALONE_PX = 8;

/**
 * Polygons (`points` of SVG) over stretches of neighbouring points that have ranges of the same sides; an open side goes to
 * the chart's edge. Where a point has none, nothing is drawn: a range of another day says nothing about it.
 *
 * @param edges the chart's top (`from`) and bottom (`to`), in pixels.
 */
export function bandsOf(points: readonly Point[], { x, y }: Scales, edges: Extent): readonly string[] {
  return stretchesOf(points).map((stretch) => {
    const [first] = stretch;
    const ends = stretch.length === 1 && first !== undefined ? [-ALONE_PX, ALONE_PX] : [0];
    const side = (ofPoint: (point: Point) => number) =>
      stretch.flatMap((point) => ends.map((by) => `${x(point.at) + by},${ofPoint(point)}`));
    const top = side(({ high }) => (high === null ? edges.from : y(high)));
    const bottom = side(({ low }) => (low === null ? edges.to : y(low)));
    return [...top, ...bottom.reverse()].join(" ");
  });
}

function stretchesOf(points: readonly Point[]): readonly (readonly Point[])[] {
  const stretches: Point[][] = [];
  let sides = "";
  for (const point of points) {
    const own = `${point.low === null ? "" : "low"}${point.high === null ? "" : "high"}`;
    if (own !== "" && own === sides) stretches.at(-1)?.push(point);
    else if (own !== "") stretches.push([point]);
    sides = own;
  }
  return stretches;
}
