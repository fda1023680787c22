/** The check of one entry in this browser, step by step, in plain words; the numbers behind them for whoever wants to see them. */
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Stepper } from "../design/Stepper.tsx";
import { VisuallyHidden } from "../design/VisuallyHidden.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord, Purpose, VerificationStep } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { isKeyAlone, stepState, whySkipped } from "./checkSteps.ts";
import { useCheck } from "./useCheck.ts";
import "./EntryPanel.css";

type Props = { readonly record: ListedRecord; readonly purpose: Purpose; readonly onClose: () => void };

export function CheckDialog({ record, purpose, onClose }: Props) {
  const t = useText();
  const words = t.record.check;
  const format = useFormat();
  const { account } = useClient();
  const { steps, state, error, again } = useCheck(record, purpose);
  const isPatient = account === record.patient;
  const failed = steps.filter((one) => one.state === "fails");
  const isBad = failed.length > 0;
  const isOnlyClosed = isKeyAlone(steps, error);
  const said: Readonly<Record<ReturnType<typeof whySkipped>, string>> = {
    depends: words.dependsOn,
    opening: words.withOpening,
    asked: words.notReached,
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={words.title}
      width="l"
      actions={
        <>
          <Button variant="primary" onPress={onClose}>
            {state === "running" ? t.common.cancel : t.common.close}
          </Button>
          {(state === "failed" || state === "partly") && (
            <Button icon="refresh" onPress={again}>
              {words.again}
            </Button>
          )}
        </>
      }
    >
      <p>{words.intro}</p>
      <div role="status">
        {state === "good" && <Callout tone="good" title={isPatient ? words.good : words.goodReader} />}
        {state === "partly" && <Callout title={words.unfinished} />}
      </div>
      {state === "failed" && isOnlyClosed && (
        <Callout tone="caution" isAlert title={words.badKey}>
          {words.badKeyMeaning}
        </Callout>
      )}
      {state === "failed" && isBad && !isOnlyClosed && (
        <Callout tone="bad" isAlert title={words.bad}>
          <p>{words.badAt({ steps: format.list(failed.map((one) => stepWords(words.steps, one.id).title)) })}</p>
          <p>{words.badMeaning}</p>
        </Callout>
      )}
      {state === "failed" && !isBad && <ErrorNotice error={error} kept={words.unfinished} />}
      <Stepper
        label={words.label}
        steps={steps.map((step) => ({
          id: step.id,
          title: stepWords(words.steps, step.id).title,
          text:
            step.state === "skipped" ? said[whySkipped(step, steps, isPatient)] : stepWords(words.steps, step.id).text,
          state: stepState(step),
          detail: <Compared step={step} of={stepWords(words.steps, step.id).title} />,
        }))}
      />
    </Dialog>
  );
}

function Compared({ step, of }: { readonly step: VerificationStep; readonly of: string }) {
  const t = useText();
  const words = t.record.check;
  const shown = [
    [words.found, step.found],
    [words.expected, step.expected],
    [words.reason, step.reason],
  ] as const;
  if (shown.every(([, value]) => value === undefined)) return null;
  return (
    <Disclosure
      level={4}
      title={
        <span>
          {words.details}
          <VisuallyHidden>: {of}</VisuallyHidden>
        </span>
      }
    >
      <dl className="check-values">
        {shown.map(([term, value]) =>
          value === undefined ? null : (
            <div key={term}>
              <dt className="soft">{term}</dt>
              <dd>{term === words.reason ? value : <code>{value}</code>}</dd>
            </div>
          ),
        )}
      </dl>
    </Disclosure>
  );
}

type Words = { readonly title: string; readonly text: string };

/** A step that this page has no words for is called by its own name. */
function stepWords(steps: Readonly<Record<string, Words>>, id: string): Words {
  return (Object.hasOwn(steps, id) ? steps[id] : undefined) ?? { title: id, text: "" };
}
