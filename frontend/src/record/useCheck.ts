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
  const [state, setState] = useState<Check["state"]>("running");
  const [error, setError] = useState<unknown>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn is another check
  useEffect(() => {
    const stopped = new AbortController();
    const { signal } = stopped;
    setSteps([]);
    setState("running");
    setError(null);
    let told: readonly VerificationStep[] = [];
    const onStep = (step: VerificationStep) => {
      told = withStep(told, step);
      if (!signal.aborted) setSteps(told);
    };
    verifyRecord(client, { patient: record.patient, purpose, record, onStep, signal }).then(
      () => {
        if (!signal.aborted) setState(isWhole(told, client.account === record.patient) ? "good" : "partly");
      },
      (thrown: unknown) => {
        if (signal.aborted) return;
        setError(thrown);
        setState("failed");
      },
    );
    return () => stopped.abort();
  }, [client, record, purpose, turn]);
  return { steps, state, error, again: () => setTurn(turn + 1) };
}
