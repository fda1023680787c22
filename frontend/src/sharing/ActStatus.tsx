/** What is going on with something that is signed, in a line; and what went wrong with it. */
import { useEffect, useRef } from "react";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { useText } from "../i18n/text.ts";
import type { RunningAct } from "./useAct.ts";

export function ActStatus({ act }: { readonly act: RunningAct }) {
  const t = useText();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (act.error !== null) place.current?.scrollIntoView({ block: "nearest" });
  }, [act.error]);
  if (act.step !== null) {
    // Once it is sent it will happen: nothing to cancel any more.
    const canStop = act.step === "prepare" || act.step === "sign";
    return <ProgressBar label={t.words.actSteps[act.step]} value={null} {...(canStop ? { onCancel: act.stop } : {})} />;
  }
  return act.error === null ? null : (
    <div ref={place}>
      <ErrorNotice error={act.error} />
    </div>
  );
}
