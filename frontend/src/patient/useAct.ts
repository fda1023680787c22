/** Runs what a person signs: where it is, how to stop it, and what went wrong. */
import { useCallback, useEffect, useRef, useState } from "react";
import { isCode } from "../core/errors.ts";
import type { ActStep } from "../node/doAct.ts";

export type ActRun = (options: {
  readonly onStep: (step: ActStep) => void;
  readonly signal: AbortSignal;
}) => Promise<unknown>;

export type ActState = {
  /** Null before it began, and after it ended in an error. */
  readonly step: ActStep | null;
  readonly isRunning: boolean;
  readonly isDone: boolean;
  readonly error: unknown;
  /** Whether the node has it: then it happens, whatever else goes wrong. */
  readonly isSent: boolean;
};

const NOTHING: ActState = { step: null, isRunning: false, isDone: false, error: null, isSent: false };

export type Act = ActState & {
  readonly start: (run: ActRun) => Promise<boolean>;
  readonly stop: () => void;
  readonly reset: () => void;
};

/** One act at a time. Leaving the page stops the waiting, and an act that is not signed yet. */
export function useAct(): Act {
  const [state, setState] = useState<ActState>(NOTHING);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback(async (run: ActRun) => {
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    const isCurrent = () => running.current === controller;
    let isSent = false;
    const onStep = (step: ActStep) => {
      isSent ||= step === "sent";
      if (isCurrent()) setState({ step, isRunning: true, isDone: false, error: null, isSent });
    };
    setState({ ...NOTHING, isRunning: true });
    try {
      await run({ onStep, signal: controller.signal });
      if (isCurrent()) setState({ step: "mined", isRunning: false, isDone: true, error: null, isSent: true });
      return true;
    } catch (error) {
      const isUnderWay = isSent || isCode(error, "unavailable.act_pending");
      if (isCurrent()) setState({ ...NOTHING, error, isSent: isUnderWay && !isCode(error, "refused") });
      return false;
    }
  }, []);
  const stop = useCallback(() => running.current?.abort(), []);
  const reset = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setState(NOTHING);
  }, []);
  return { ...state, start, stop, reset };
}
