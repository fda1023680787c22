/** How far something is, with words and a way to stop it. */
import { ProgressBar as AriaProgressBar, Label } from "react-aria-components";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Progress } from "../node/types.ts";
import { Button } from "./Button.tsx";
import "./Progress.css";

type Props = {
  readonly label: string;
  /** Between 0 and 1; null while nobody knows. */
  readonly value: number | null;
  /** Instead of percent: "3 of 12 files". */
  readonly text?: string;
  readonly onCancel?: () => void;
  readonly isCancelling?: boolean;
};

export function ProgressBar({ label, value, text, onCancel, isCancelling = false }: Props) {
  const t = useText();
  const format = useFormat();
  const share = value === null ? null : Math.min(1, Math.max(0, value));
  const words = text ?? (share === null ? "" : format.percent(share));
  return (
    <div className="progress">
      <AriaProgressBar
        className="progress-main"
        isIndeterminate={share === null}
        {...(share === null ? {} : { value: share * 100 })}
        {...(words === "" ? {} : { valueLabel: words })}
      >
        <div className="progress-words">
          <Label>{label}</Label>
          <span className="number soft">{words}</span>
        </div>
        <div className="progress-track">
          <div
            className="progress-fill"
            data-unknown={share === null || undefined}
            style={share === null ? {} : { width: `${share * 100}%` }}
          />
        </div>
      </AriaProgressBar>
      {onCancel !== undefined && (
        <Button variant="quiet" size="s" onPress={onCancel} isDisabled={isCancelling}>
          {isCancelling ? t.common.cancelling : t.common.cancel}
        </Button>
      )}
    </div>
  );
}

type ProgressOfProps = {
  /** Null before the first report. */
  readonly progress: Progress | null;
  readonly label: string;
  readonly onCancel?: () => void;
  readonly isCancelling?: boolean;
};

/** The same for a report of a long action; where that waits because the node asked it to, this says so. */
export function ProgressOf({ progress, ...rest }: ProgressOfProps) {
  const t = useText();
  const format = useFormat();
  if (progress === null) return <ProgressBar {...rest} value={null} />;
  const { done, total, unit } = progress;
  if (unit === "seconds" && total !== null) {
    return <ProgressBar {...rest} label={t.common.askedToWait({ time: format.duration(total) })} value={null} />;
  }
  const words = (count: number) => (unit === "bytes" ? format.bytes(count) : format.number(count));
  return total === null || total === 0 ? (
    <ProgressBar {...rest} value={null} text={done === 0 ? "" : words(done)} />
  ) : (
    <ProgressBar
      {...rest}
      value={done / total}
      text={t.common.progressOf({ done: words(Math.min(done, total)), total: words(total) })}
    />
  );
}
