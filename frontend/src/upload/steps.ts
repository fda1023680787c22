/** Where an upload is, in the few steps that a person is told of. */
import type { StepState } from "../design/Stepper.tsx";
import type { Progress } from "../node/types.ts";

export const UPLOAD_STEPS = ["seal", "sign", "send", "store", "place", "anchor"] as const;
export type UploadStep = (typeof UPLOAD_STEPS)[number];

/** What the vault reports → what is shown. */
const SHOWN: Readonly<Record<string, UploadStep>> = {
  context: "seal",
  seal: "seal",
  sign_manifest: "sign",
  announce: "send",
  send: "send",
  place: "store",
  sign_entry: "place",
  anchor: "anchor",
};

export function shownStep(progress: Progress | null): UploadStep {
  return (progress === null ? undefined : SHOWN[progress.step]) ?? "seal";
}

/** How each step stands; `hasStopped`: whether the one that was under way did not come to its end. */
export function stepStates(
  progress: Progress | null,
  hasStopped: boolean,
): readonly { readonly id: UploadStep; readonly state: StepState }[] {
  const current = UPLOAD_STEPS.indexOf(shownStep(progress));
  return UPLOAD_STEPS.map((id, at) => {
    if (at < current) return { id, state: "done" };
    if (at > current) return { id, state: "waiting" };
    return { id, state: hasStopped ? "failed" : "running" };
  });
}

/** From here on it may happen whatever one does: there is nothing to stop any more. */
export function canStop(progress: Progress | null): boolean {
  return shownStep(progress) !== "anchor";
}
