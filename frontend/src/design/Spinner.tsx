/** Something is going on and nobody knows how long: with words, read out politely. */
import { ProgressBar } from "react-aria-components";
import { useText } from "../i18n/text.ts";
import "./Progress.css";

type Props = {
  readonly label?: string;
  /** In the middle of the place that waits. */
  readonly wide?: boolean;
};

export function Spinner({ label, wide = false }: Props) {
  const t = useText();
  const words = label ?? t.common.loading;
  return (
    <div className="waiting" data-wide={wide || undefined} role="status">
      <ProgressBar aria-label={words} isIndeterminate className="spinner" />
      <span>{words}</span>
    </div>
  );
}
