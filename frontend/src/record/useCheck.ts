/** Runs the check of one entry when it is looked at, and again when asked to; what is left behind stops it. */
import { useEffect, useState } from "react";
import type { ListedRecord, Purpose, VerificationStep } from "../node/types.ts";
import { verifyRecord } from "../node/verifyRecord.ts";
import { useClient } from "../session/context.ts";
import { isWhole, withStep } from "./checkSteps.ts";

export type Check = {
  readonly steps: readonly VerificationStep[];
  /** `partly`: nothing was found wrong, and not everything could be asked. */
  readonly state: "running" | "good" | "partly" | "failed";
  readonly error: unknown;
  readonly again: () => void;
};

export function useCheck(record: ListedRecord, purpose: Purpose): Check {
  const client = useClient();
  const [turn, setTurn] = useState(0);
  const [steps, setSteps] = useState<readonly VerificationStep[]>([]);
  const [stage, setStage] = useState<"running" | "ended" | "failed">("running");
  const [error, setError] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another check
  useEffect(() => {
    const stopped = new AbortController();
    const { signal } = stopped;
    setSteps([]);
    setStage("running");
    setError(null);
    const onStep = (step: VerificationStep) => {
      if (!signal.aborted) setSteps((told) => withStep(told, step));
    };
    verifyRecord(client, { patient: record.patient, purpose, record, onStep, signal }).then(
      () => {
        if (!signal.aborted) setStage("ended");
      },
      (thrown: unknown) => {
        if (signal.aborted) return;
        setError(thrown);
        setStage("failed");
      },
    );
    return () => stopped.abort();
  }, [client, record, purpose, turn]);
  return {
    steps,
    state: stateOf(stage, steps, client.account === record.patient),
    error,
    again: () => setTurn(turn + 1),
  };
}

/** Steps come from the worker by a way of their own: the last of them may be told after the check has ended. */
function stateOf(
  stage: "running" | "ended" | "failed",
  steps: readonly VerificationStep[],
  isPatient: boolean,
): Check["state"] {
  if (stage !== "ended") return stage;
  if (steps.some((one) => one.state === "running" || one.state === "waiting")) return "running";
  return isWhole(steps, isPatient) ? "good" : "partly";
}
