/** Says that this device's clock is further from the node's than key keepers bear, and by how much. */
import { useSyncExternalStore } from "react";
import { LIMITS } from "../core/limits.ts";
import { Callout } from "../design/Callout.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { useClient } from "./context.ts";

const MINUTE_S = 60;

export function ClockOff() {
  const { clock } = useClient().http;
  const aheadS = useSyncExternalStore(clock.subscribe, clock.aheadS);
  return (
    <div className="layout-notices" role="status">
      <ClockOffBy aheadS={aheadS} />
    </div>
  );
}

export function ClockOffBy({ aheadS }: { readonly aheadS: number }) {
  const t = useText();
  const format = useFormat();
  if (Math.abs(aheadS) <= LIMITS.clockSkewMaxS) return null;
  // In whole minutes: an answer takes its time, and that much is no part of it.
  const by = format.duration(Math.round(Math.abs(aheadS) / MINUTE_S) * MINUTE_S);
  return (
    <Callout tone="caution" title={aheadS > 0 ? t.session.clockAhead({ by }) : t.session.clockBehind({ by })}>
      {t.session.clockText}
    </Callout>
  );
}
