/** Buttons and fields for what dragging does as well. */
import { Button, IconButton } from "../../design/Button.tsx";
import { Select } from "../../design/Select.tsx";
import { useText } from "../../i18n/text.ts";
import type { ImageInfo } from "./image.ts";
import { NumberField } from "./NumberField.tsx";
import { CT_PRESETS } from "./presets.ts";
import type { Drag } from "./Stage.tsx";
import { type View, withWindow, zoomedIn, zoomedOut } from "./view.ts";

/** What is chosen where the numbers are no preset's. */
const BY_HAND = "hand";

type Props = {
  readonly image: ImageInfo;
  readonly isGrey: boolean;
  readonly view: View;
  readonly first: View;
  readonly onView: (view: View) => void;
  readonly drag: Drag;
  readonly onDrag: (drag: Drag) => void;
};

export function Controls({ image, isGrey, view, first, onView, drag, onDrag }: Props) {
  const t = useText().viewers.dicom;
  const presets = presetsOf(image, first, t);
  const chosen = presets.find(({ centre, width }) => centre === view.centre && width === view.width);
  return (
    <div className="dicom-controls">
      <div className="row" role="toolbar" aria-label={t.tools}>
        {isGrey && (
          <Button
            size="s"
            icon={drag === "window" ? "sun" : "share"}
            onPress={() => onDrag(drag === "window" ? "move" : "window")}
          >
            {drag === "window" ? t.dragWindow : t.dragMove}
          </Button>
        )}
        <IconButton icon="minus" label={t.zoomOut} onPress={() => onView(zoomedOut(view))} />
        <IconButton icon="plus" label={t.zoomIn} onPress={() => onView(zoomedIn(view))} />
        <Button
          size="s"
          onPress={() => onView({ ...view, isInverted: !view.isInverted })}
          aria-pressed={view.isInverted}
        >
          {t.invert}
        </Button>
        <Button size="s" icon="refresh" onPress={() => onView(first)}>
          {t.reset}
        </Button>
      </div>
      {isGrey && (
        <div className="dicom-window">
          {presets.length > 1 && (
            <Select
              label={t.preset}
              options={[...presets, ...(chosen === undefined ? [{ id: BY_HAND, label: t.ownWindow }] : [])]}
              value={chosen?.id ?? BY_HAND}
              onChange={(id) => {
                const preset = presets.find((one) => one.id === id);
                if (preset !== undefined) onView(withWindow(view, preset.centre, preset.width));
              }}
            />
          )}
          <NumberField
            label={t.centre}
            value={view.centre}
            onChange={(centre) => onView(withWindow(view, centre, view.width))}
          />
          <NumberField
            label={t.width}
            min={1}
            value={view.width}
            onChange={(width) => onView(withWindow(view, view.centre, width))}
          />
        </div>
      )}
    </div>
  );
}

type Words = ReturnType<typeof useText>["viewers"]["dicom"];

/** The file's own windows, and for computed tomography those of the field. */
function presetsOf(image: ImageInfo, first: View, t: Words) {
  const windows =
    image.windows.length > 0 ? image.windows : [{ centre: first.centre, width: first.width, label: t.whole }];
  const own = windows.map(({ centre, width, label }, i) => ({
    id: `own${i}`,
    label: label ?? (image.windows.length > 1 ? `${t.fromFile} ${i + 1}` : t.fromFile),
    centre,
    width,
  }));
  const known: typeof own = CT_PRESETS.map(({ id, centre, width }) => ({ id, label: t.presets[id], centre, width }));
  return image.modality === "CT" ? [...own, ...known] : own;
}
