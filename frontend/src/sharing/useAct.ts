/** Runs something that is signed: where it is, what went wrong, and how to stop it while it can be. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ActOptions, ActStep } from "../node/doAct.ts";
import { useSession } from "../session/context.ts";

export type RunningAct = {
  /** Null while nothing runs. */
  readonly step: ActStep | null;
  readonly error: unknown;
  /** True once it is in force; what went wrong is in `error`, and false comes back. */
  readonly run: (act: (options: ActOptions) => Promise<unknown>) => Promise<boolean>;
  readonly stop: () => void;
  readonly clear: () => void;
};

/** `invalidates`: keys of what is asked for anew afterwards, whatever came of it. */
export function useAct(invalidates: readonly (readonly unknown[])[] = []): RunningAct {
  const queries = useQueryClient();
  const { controller } = useSession();
  const [step, setStep] = useState<ActStep | null>(null);
  const [error, setError] = useState<unknown>(null);
  const stopping = useRef<AbortController | null>(null);
  const keys = useRef(invalidates);
  keys.current = invalidates;
  useEffect(() => () => stopping.current?.abort(), []);

  const run = useCallback(
    async (act: (options: ActOptions) => Promise<unknown>) => {
      const stop = new AbortController();
      stopping.current = stop;
      setError(null);
      setStep("prepare");
      try {
        await act({ onStep: setStep, signal: stop.signal });
        return true;
      } catch (thrown) {
        controller.noticeError(thrown);
        setError(thrown);
        return false;
      } finally {
        setStep(null);
        stopping.current = null;
        void Promise.all(keys.current.map((queryKey) => queries.invalidateQueries({ queryKey })));
      }
    },
    [controller, queries],
  );
  const stop = useCallback(() => stopping.current?.abort(), []);
  const clear = useCallback(() => setError(null), []);
  return { step, error, run, stop, clear };
}
