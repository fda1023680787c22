/**
 * A point of a chart. Its form tells what colour tells too: a diamond is outside of its range; a hollow one with an arrow is a
 * bound, and the arrow leads to where the value lies.
 */
import type { Point } from "./collectSeries.ts";

type Props = {
  readonly point: Point;
  readonly x: number;
  readonly y: number;
  readonly line: number;
  readonly isCurrent: boolean;
  readonly onPoint: () => void;
  readonly onChoose?: () => void;
};

const ARROW_PX = 12;

export function SeriesMark({ point, x, y, line, isCurrent, onPoint, onChoose }: Props) {
  const size = isCurrent ? 7 : 4.5;
  return (
    <g
      className="series-mark"
      data-line={line % 3}
      data-outside={point.outside !== null}
      data-bound={point.comparator !== null}
      aria-hidden="true"
      onPointerEnter={onPoint}
      onClick={onChoose}
    >
      <circle className="series-target" cx={x} cy={y} r={14} />
      {point.outside === null ? (
        <circle cx={x} cy={y} r={size} />
      ) : (
        <rect x={x - size} y={y - size} width={2 * size} height={2 * size} transform={`rotate(45 ${x} ${y})`} />
      )}
      {point.comparator !== null && <Arrow comparator={point.comparator} x={x} y={y} from={size} />}
    </g>
  );
}

function Arrow({ comparator, x, y, from }: { comparator: string; x: number; y: number; from: number }) {
  // Coordinates of the screen grow downwards.
  const way = comparator.startsWith("<") ? 1 : comparator.startsWith(">") ? -1 : 0;
  if (way === 0) return null;
  const tip = y + way * (from + ARROW_PX);
  const barbs = tip - way * 4;
  return (
    <path
      className="series-arrow"
      d={`M${x} ${y + way * from}V${tip}M${x - 4} ${barbs}L${x} ${tip}L${x + 4} ${barbs}`}
    />
  );
}
