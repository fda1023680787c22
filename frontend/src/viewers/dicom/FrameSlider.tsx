/** Goes through the frames of an image, by hand or as a film. */
import { Button } from "../../design/Button.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/text.ts";
import type { ImageInfo } from "./image.ts";
import type { Frames } from "./useFrames.ts";

type Props = { readonly image: ImageInfo; readonly frames: Frames };

export function FrameSlider({ image, frames }: Props) {
  const t = useText().viewers.dicom;
  const format = useFormat();
  const words = t.frameOf({ frame: format.number(frames.at + 1), frames: format.number(image.frames) });
  return (
    <div className="dicom-frames">
      <Button size="s" onPress={() => frames.play(!frames.isPlaying)} aria-pressed={frames.isPlaying}>
        {frames.isPlaying ? t.pause : t.play}
      </Button>
      <input
        type="range"
        aria-label={t.frame}
        aria-valuetext={words}
        min={0}
        max={image.frames - 1}
        value={frames.at}
        onChange={(event) => frames.go(Number(event.target.value))}
      />
      <span className="small number">{words}</span>
    </div>
  );
}
