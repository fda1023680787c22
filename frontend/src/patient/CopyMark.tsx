/** One copy's state as a small shape in a colour. Words stand beside it, or are read out for the whole row. */
import type { CopyState } from "./copiesGrid.ts";

const SHAPES: Readonly<Record<CopyState, React.ReactNode>> = {
  good: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  wrong: <path d="M2 2l12 12M14 2L2 14" stroke="currentColor" strokeWidth="3.5" fill="none" />,
  missing: <circle cx="8" cy="8" r="5.5" stroke="currentColor" strokeWidth="2" strokeDasharray="3 2" fill="none" />,
  unreachable: <path d="M8 1.5L15 14.5H1z" fill="currentColor" />,
  none: <path d="M4 8h8" stroke="currentColor" strokeWidth="2" />,
};

export function CopyMark({ state }: { readonly state: CopyState }) {
  return (
    <svg className="copy-mark" viewBox="0 0 16 16" data-state={state} aria-hidden="true">
      {SHAPES[state]}
    </svg>
  );
}
