/** The frame that is looked at, decoded ahead a little; and playing them as a film. */
import { useEffect, useRef, useState } from "react";
import { type Trouble, troubleOf } from "../CannotShow.tsx";
import type { Frame, ImageInfo } from "./image.ts";

const KEPT_MAX = 24;
/** Four bytes each, or eight. */
const KEPT_MAX_PIXELS = 134_217_728;
const DEFAULT_FRAME_MS = 100;
const FASTEST_FRAME_MS = 20;

export type Frames = {
  readonly at: number;
  readonly go: (at: number) => void;
  /** The last one that could be read stays until the next is there. */
  readonly shown: Frame | null;
  readonly trouble: Trouble | null;
  readonly isPlaying: boolean;
  readonly play: (isPlaying: boolean) => void;
};

export function useFrames(image: ImageInfo, read: (index: number) => Promise<Frame>): Frames {
  const [at, setAt] = useState(0);
  const [isPlaying, play] = useState(false);
  const [found, setFound] = useState<{
    readonly at: number;
    readonly frame: Frame | null;
    readonly trouble: Trouble | null;
  }>();
  const kept = useRef(new Map<number, Promise<Frame>>());

  useEffect(() => {
    let isStale = false;
    const ask = (index: number) => {
      const frame = kept.current.get(index) ?? read(index);
      kept.current.delete(index);
      kept.current.set(index, frame);
      const keptMax = framesKept(image);
      for (const oldest of kept.current.keys()) {
        if (kept.current.size <= keptMax) break;
        kept.current.delete(oldest);
      }
      return frame;
    };
    ask(at).then(
      (frame) => {
        if (isStale) return;
        setFound({ at, frame, trouble: null });
        // The next one is being read while this one is looked at.
        if (image.frames > 1) ask((at + 1) % image.frames).catch(() => undefined);
      },
      (error: unknown) => !isStale && setFound({ at, frame: null, trouble: troubleOf(error) }),
    );
    return () => {
      isStale = true;
    };
  }, [at, image, read]);

  const isThere = found?.at === at;
  useEffect(() => {
    if (!isPlaying || !isThere) return;
    const wait = Math.max(FASTEST_FRAME_MS, image.frameTimeMs ?? DEFAULT_FRAME_MS);
    const timer = setTimeout(() => setAt((now) => (now + 1) % image.frames), wait);
    return () => clearTimeout(timer);
  }, [isPlaying, isThere, image]);

  const go = (to: number) => setAt(Math.min(image.frames - 1, Math.max(0, to)));
  return { at, go, shown: found?.frame ?? null, trouble: found?.trouble ?? null, isPlaying, play };
}

/** As many as there is room for: the one that is looked at and the next, at least. */
export function framesKept({ rows, columns }: Pick<ImageInfo, "rows" | "columns">): number {
  return Math.max(2, Math.min(KEPT_MAX, Math.floor(KEPT_MAX_PIXELS / (rows * columns))));
}
