/** Steps of the check as they come in, made into what a person is shown. */
import { isCode } from "../core/errors.ts";
import type { StepState } from "../design/Stepper.tsx";
import type { VerificationStep } from "../node/types.ts";

const STATES: Readonly<Record<VerificationStep["state"], StepState>> = {
  waiting: "waiting",
  running: "running",
  holds: "done",
  fails: "failed",
  skipped: "skipped",
};

export function stepState(step: VerificationStep): StepState {
  return STATES[step.state];
}

/** Takes in what is told of a step: in the place of what was told of it before. */
export function withStep(steps: readonly VerificationStep[], told: VerificationStep): readonly VerificationStep[] {
  return steps.some((one) => one.id === told.id)
    ? steps.map((one) => (one.id === told.id ? told : one))
    : [...steps, told];
}

/**
 * Whether a check that came to its end has found all of it right: every step holds, but for the keys, which whoever is not
 * the patient compares with opening. A step that was left out is not one that holds.
 */
export function isWhole(steps: readonly VerificationStep[], isPatient: boolean): boolean {
  const own = steps.filter((one) => isPatient || one.id !== "keys_match");
  return own.length > 0 && own.every((one) => one.state === "holds");
}

/** Whether all that was found is that the patient's key does not open it: the key of before may, where it was replaced. */
export function isKeyAlone(steps: readonly VerificationStep[], error: unknown): boolean {
  const others = steps.filter((one) => one.id !== "keys_match");
  return isCode(error, "verification.cannot_open.own") && isWhole(others, true);
}

/** Why a step was not taken: it rests on one that failed, it belongs to opening, or nobody could be asked. */
export function whySkipped(
  step: VerificationStep,
  steps: readonly VerificationStep[],
  isPatient: boolean,
): "depends" | "opening" | "asked" {
  if (step.id === "keys_match" && !isPatient) return "opening";
  return steps.some((one) => one.state === "fails") ? "depends" : "asked";
}
