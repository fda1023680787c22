/** Says that a value lies outside of its reference range. */
import { StatusPill } from "../../design/StatusPill.tsx";
import type { FhirWords } from "./context.ts";
import type { Outside } from "./outside.ts";

export function OutsidePill({ outside, t }: { readonly outside: Outside; readonly t: FhirWords }) {
  return (
    <StatusPill tone="caution" icon="warning">
      {t[outside]}
    </StatusPill>
  );
}
