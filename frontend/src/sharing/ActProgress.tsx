/** Where an act is, from preparing it to being in force. */
import { Button } from "../design/Button.tsx";
import { type Step, Stepper } from "../design/Stepper.tsx";
import { useText } from "../i18n/text.ts";
import type { ActStep } from "../node/doAct.ts";

const STEPS = ["prepare", "sign", "sent", "mined"] as const;

type Props = { readonly step: ActStep | null; readonly isDone: boolean; readonly onStop: () => void };

export function ActProgress({ step, isDone, onStop }: Props) {
  const t = useText();
  const at = step === null ? 0 : STEPS.indexOf(step);
  const texts: Readonly<Record<string, string>> = { sign: t.sharing.stepSignText, sent: t.sharing.stepSentText };
  const steps = STEPS.map((id, index): Step => {
    const state = isDone || index < at ? "done" : index === at ? "running" : "waiting";
    const text = state === "running" ? texts[id] : undefined;
    return { id, title: t.sharing.step[id], state, ...(text === undefined ? {} : { text }) };
  });
  return (
    <div className="stack">
      <Stepper label={t.sharing.steps} steps={steps} />
      {!isDone && (
        <div className="row">
          <Button variant="quiet" onPress={onStop}>
            {step === "sent" ? t.sharing.stopWaiting : t.common.cancel}
          </Button>
        </div>
      )}
    </div>
  );
}
