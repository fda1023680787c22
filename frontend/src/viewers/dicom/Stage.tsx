/** The picture itself: drawn to a canvas, changed by dragging and by keys. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef } from "react";
import type { Frame, ImageInfo } from "./image.ts";
import { paintGrey } from "./paint.ts";
import { dragged, moved, type View, zoomed } from "./view.ts";

export type Drag = "window" | "move";

type Props = {
  readonly image: ImageInfo;
  readonly frame: Frame;
  readonly view: View;
  readonly onView: (change: (view: View) => View) => void;
  readonly drag: Drag;
  /** Whether the key meant something. */
  readonly onKey: (key: string, isShift: boolean) => boolean;
  readonly label: string;
};

export function Stage({ image, frame, view, onView, drag, onKey, label }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, frame, view, image);
  }, [frame, view, image]);

  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (other !== undefined) {
      // Two fingers: apart to enlarge, together to move.
      const factor = distance(now, other) / Math.max(1, distance(before, other));
      onView((old) => moved(zoomed(old, factor), dx / 2, dy / 2));
    } else {
      const isMoved = drag === "move" || event.shiftKey || frame.kind === "colour";
      onView((old) => (isMoved ? moved(old, dx, dy) : dragged(old, dx, dy)));
    }
  };
  const end = (event: PointerEvent) => pointers.current.delete(event.pointerId);

  return (
    // An application in the small: arrow keys set brightness and contrast; the label says so.
    <div
      className="dicom-stage"
      data-drag={drag}
      role="application"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (onKey(event.key, event.shiftKey)) event.preventDefault();
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
      }}
      onPointerMove={move}
      onPointerUp={end}
      onPointerCancel={end}
    >
      <canvas
        ref={canvas}
        style={{
          aspectRatio: `${image.columns * image.pixelAspect} / ${image.rows}`,
          transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})`,
          imageRendering: view.zoom > 3 ? "pixelated" : "auto",
        }}
      />
    </div>
  );
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function paint(canvas: HTMLCanvasElement, frame: Frame, view: View, image: ImageInfo): void {
  const { columns, rows } = frame;
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = canvas.getContext("2d");
  if (context === null) return;
  if (frame.kind === "colour") {
    context.putImageData(new ImageData(frame.rgba, columns, rows), 0, 0);
    if (view.isInverted) invert(context, columns, rows);
    return;
  }
  const picture = context.createImageData(columns, rows);
  const isInverted = view.isInverted !== (image.photometric === "MONOCHROME1");
  paintGrey(frame.samples, picture.data, { ...view, isInverted }, image);
  context.putImageData(picture, 0, 0);
}

function invert(context: CanvasRenderingContext2D, columns: number, rows: number): void {
  context.globalCompositeOperation = "difference";
  context.fillStyle = "white";
  context.fillRect(0, 0, columns, rows);
  context.globalCompositeOperation = "source-over";
}
