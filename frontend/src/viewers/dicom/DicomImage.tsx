/** The image of a DICOM file with everything to look at it by. */
import { useEffect, useState } from "react";
import { Spinner } from "../../design/Spinner.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/text.ts";
import { CannotShow } from "../CannotShow.tsx";
import { Controls } from "./Controls.tsx";
import { FrameSlider } from "./FrameSlider.tsx";
import type { Frame, ImageInfo } from "./image.ts";
import { wholeWindow } from "./paint.ts";
import { type Drag, Stage } from "./Stage.tsx";
import { useFrames } from "./useFrames.ts";
import { firstView, keyed, type View } from "./view.ts";

type Props = {
  readonly image: ImageInfo;
  readonly frame: (index: number) => Promise<Frame>;
  readonly title: string;
};

export function DicomImage({ image, frame, title }: Props) {
  const t = useText().viewers;
  const format = useFormat();
  const frames = useFrames(image, frame);
  const [drag, setDrag] = useState<Drag>("window");
  const [first, setFirst] = useState<View | null>(null);
  const [view, setView] = useState<View | null>(null);
  const { shown } = frames;

  // The first frame decides how bright the image is at the beginning; the others are shown alike, so that they can be compared.
  useEffect(() => {
    if (shown === null || first !== null) return;
    const made = firstView(windowFor(shown, image));
    setFirst(made);
    setView(made);
  }, [shown, first, image]);

  if (frames.trouble !== null && shown === null) {
    return (
      <div className="stack-s">
        <CannotShow trouble={frames.trouble} />
        {image.frames > 1 && <FrameSlider image={image} frames={frames} />}
      </div>
    );
  }
  if (shown === null || view === null || first === null) return <Spinner wide label={t.opening} />;
  const onKey = (key: string, isShift: boolean) => {
    if (key === "PageDown" || key === "PageUp") frames.go(frames.at + (key === "PageDown" ? 1 : -1));
    else if (key === " " && image.frames > 1) frames.play(!frames.isPlaying);
    else {
      const next = keyed(view, key, isShift, first);
      if (next !== null) setView(next);
      return next !== null;
    }
    return true;
  };
  const label = t.dicom.imageLabel({
    title,
    frame: format.number(frames.at + 1),
    frames: format.number(image.frames),
  });
  return (
    <div className="dicom">
      <Stage
        image={image}
        frame={shown}
        view={view}
        onView={(change) => setView((old) => (old === null ? old : change(old)))}
        drag={drag}
        onKey={onKey}
        label={label}
      />
      {image.frames > 1 && <FrameSlider image={image} frames={frames} />}
      <Controls
        image={image}
        isGrey={shown.kind === "grey"}
        view={view}
        first={first}
        onView={setView}
        drag={drag}
        onDrag={setDrag}
      />
      <p className="small soft">{t.dicom.notForDiagnosis}</p>
    </div>
  );
}

function windowFor(frame: Frame, image: ImageInfo) {
  if (frame.kind === "colour") return { centre: 128, width: 256, label: null };
  return image.windows[0] ?? wholeWindow(frame.samples, image);
}
