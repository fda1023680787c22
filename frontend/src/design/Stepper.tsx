/** Several steps one after the other, and how each came out. Changes are read out. */
import type { ReactNode } from "react";
import { useText } from "../i18n/text.ts";
import { Icon } from "./Icon.tsx";
import { VisuallyHidden } from "./VisuallyHidden.tsx";
import "./Stepper.css";

export type StepState = "waiting" | "running" | "done" | "failed" | "skipped";

export type Step = {
  readonly id: string;
  readonly title: string;
  readonly text?: ReactNode;
  readonly state: StepState;
  /** More, below: what was compared, what went wrong. */
  readonly detail?: ReactNode;
};

type Props = { readonly label: string; readonly steps: readonly Step[] };

export function Stepper({ label, steps }: Props) {
  const t = useText();
  return (
    <ol className="stepper" aria-label={label} aria-live="polite" aria-relevant="text additions">
      {steps.map((step, index) => (
        <li key={step.id} className="step" data-state={step.state} aria-current={step.state === "running" && "step"}>
          <span className="step-mark number" aria-hidden>
            <StepMark state={step.state} number={index + 1} />
          </span>
          <div className="step-words">
            <span className="step-title">
              {step.title}
              <VisuallyHidden>, {t.common.stepState[step.state]}</VisuallyHidden>
            </span>
            {step.text !== undefined && <div className="soft">{step.text}</div>}
            {step.detail}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StepMark({ state, number }: { readonly state: StepState; readonly number: number }) {
  if (state === "running") return <span className="spinner" />;
  if (state === "done") return <Icon name="check" size={16} />;
  if (state === "failed") return <Icon name="cross" size={16} />;
  if (state === "skipped") return <Icon name="minus" size={16} />;
  return number;
}
