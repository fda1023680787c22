/** Runs something that is signed: where it is, what went wrong, and how to stop it while it can be. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import type { ActStep } from "../node/doAct.ts";
import { useSession } from "../session/context.ts";
import { outcomeIsOpen } from "./outcome.ts";

export type ActRun = (options: {
  readonly onStep: (step: ActStep) => void;
  readonly signal: AbortSignal;
}) => Promise<unknown>;

type ActState = {
  /** Null where nothing runs. */
  readonly step: ActStep | null;
  readonly error: unknown;
  /** Whether the last one may take effect in spite of `error`: "nothing was changed" can't be said then. */
  readonly mayHappen: boolean;
  /** Whether the last one is in force. */
  readonly isDone: boolean;
};

const NOTHING: ActState = { step: null, error: null, mayHappen: false, isDone: false };

export type RunningAct = ActState & {
  /** True once it is in force; what went wrong is in `error`, and false comes back. */
  readonly run: (act: ActRun) => Promise<boolean>;
  readonly stop: () => void;
};

/**
 * One act at a time. Leaving the page stops the waiting, and an act that is not signed yet.
 *
 * `invalidates`: keys of what is asked for anew afterwards, whatever came of it.
 */
export function useAct(invalidates: readonly (readonly unknown[])[] = []): RunningAct {
  const queries = useQueryClient();
  const { controller } = useSession();
  const [state, setState] = useState<ActState>(NOTHING);
  const running = useRef<AbortController | null>(null);
  const keys = useRef(invalidates);
  keys.current = invalidates;
  useEffect(() => () => running.current?.abort(), []);

  const run = useCallback(
    async (act: ActRun) => {
      const mine = new AbortController();
      running.current?.abort();
      running.current = mine;
      const show = (now: ActState) => {
        if (running.current === mine) setState(now);
      };
      let isSent = false;
      const onStep = (step: ActStep) => {
        isSent ||= step === "sent";
        show({ ...NOTHING, step });
      };
      onStep("prepare");
      try {
        await act({ onStep, signal: mine.signal });
        show({ ...NOTHING, isDone: true });
        return true;
      } catch (error) {
        controller.noticeError(error);
        show({ ...NOTHING, error, mayHappen: outcomeIsOpen(error, isSent) });
        return false;
      } finally {
        void Promise.all(keys.current.map((queryKey) => queries.invalidateQueries({ queryKey })));
      }
    },
    [controller, queries],
  );
  const stop = useCallback(() => running.current?.abort(), []);
  return { ...state, run, stop };
}
