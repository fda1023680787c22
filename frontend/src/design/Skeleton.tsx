/** The shape of what is coming, for the half second in which words would only flicker. */
import { useText } from "../i18n/text.ts";
import "./Skeleton.css";

type Props = { readonly lines?: number; readonly label?: string };

export function Skeleton({ lines = 3, label }: Props) {
  const t = useText();
  return (
    <div className="skeleton" role="status">
      <span className="hidden-visually">{label ?? t.common.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else that tells them apart
        <span key={line} className="skeleton-line" aria-hidden />
      ))}
    </div>
  );
}
