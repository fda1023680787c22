import { StatusPill } from "../design/StatusPill.tsx";
import { useText } from "../i18n/text.ts";
import { isReleased, refusalKind } from "./reads.ts";

/** Whether it was allowed; where it was not, why. */
export function ReadOutcome({ outcome }: { readonly outcome: string }) {
  const t = useText();
  if (isReleased({ outcome })) return <StatusPill tone="good">{t.patient.outcomes.released}</StatusPill>;
  return (
    <span className="stack-s">
      <StatusPill tone="bad">{t.patient.outcomes.refused}</StatusPill>
      <span className="small soft" title={outcome}>
        {t.patient.refusals[refusalKind(outcome)]}
      </span>
    </span>
  );
}
