/** How an image is looked at, and what a key does to it. Pure, so that it can be tested without drawing. */
import type { Window } from "./image.ts";

export type View = {
  readonly centre: number;
  readonly width: number;
  readonly isInverted: boolean;
  /** 1 fits the image into its place. */
  readonly zoom: number;
  /** In pixels of the screen. */
  readonly x: number;
  readonly y: number;
};

export const ZOOM_MAX = 16;
const WIDTH_MIN = 1;
const ZOOM_STEP = 1.25;
/** How much of the window's width a key changes. */
const KEY_STEP = 0.05;
const PAN_STEP_PX = 40;

export function firstView({ centre, width }: Window): View {
  return { centre, width, isInverted: false, zoom: 1, x: 0, y: 0 };
}

export function withWindow(view: View, centre: number, width: number): View {
  return { ...view, centre, width: Math.max(WIDTH_MIN, width) };
}

/** By a drag: to the right for less contrast, down for darker, over 256 pixels as much as the window is wide. */
export function dragged(view: View, dx: number, dy: number): View {
  const perPixel = Math.max(WIDTH_MIN, view.width) / 256;
  return withWindow(view, view.centre + dy * perPixel, view.width + dx * perPixel);
}

export function moved(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** About the middle, which stays where it is. */
export function zoomed(view: View, factor: number): View {
  const zoom = Math.min(ZOOM_MAX, Math.max(0.25, view.zoom * factor));
  const real = zoom / view.zoom;
  return { ...view, zoom, x: view.x * real, y: view.y * real };
}

export const zoomedIn = (view: View) => zoomed(view, ZOOM_STEP);
export const zoomedOut = (view: View) => zoomed(view, 1 / ZOOM_STEP);

/** What a key makes of the view; null where it means nothing here. */
export function keyed(view: View, key: string, isShift: boolean, first: View): View | null {
  const step = Math.max(1, view.width * KEY_STEP);
  const far = isShift ? PAN_STEP_PX : 0;
  switch (key) {
    case "ArrowUp":
      return isShift ? moved(view, 0, far) : withWindow(view, view.centre - step, view.width);
    case "ArrowDown":
      return isShift ? moved(view, 0, -far) : withWindow(view, view.centre + step, view.width);
    case "ArrowLeft":
      return isShift ? moved(view, far, 0) : withWindow(view, view.centre, view.width - step);
    case "ArrowRight":
      return isShift ? moved(view, -far, 0) : withWindow(view, view.centre, view.width + step);
    case "+":
    case "=":
      return zoomedIn(view);
    case "-":
      return zoomedOut(view);
    case "i":
    case "I":
      return { ...view, isInverted: !view.isInverted };
    case "0":
      return first;
    default:
      return null;
  }
}
