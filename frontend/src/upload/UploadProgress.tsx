/** An upload on its way: step by step, how far, what it waits for, and how to stop it. */
import { useState } from "react";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card } from "../design/Card.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { ProgressOf } from "../design/ProgressBar.tsx";
import { Stepper } from "../design/Stepper.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { canStop, shownStep, stepStates } from "./steps.ts";
import type { Uploader, UploadState } from "./uploader.ts";

type Props = {
  readonly uploader: Uploader;
  readonly state: Extract<UploadState, { phase: "running" | "waiting" | "stopped" }>;
};

export function UploadProgress({ uploader, state }: Props) {
  const t = useText();
  const format = useFormat();
  const [isAsking, setIsAsking] = useState(false);
  const { phase, progress, titles } = state;
  const current = shownStep(progress);
  const isStopping = state.phase === "running" && state.isStopping;
  return (
    <Card
      title={titles.length === 1 ? t.upload.runningOne : t.upload.runningTitle({ count: format.number(titles.length) })}
      icon="upload"
      footer={
        phase !== "stopped" && (
          <>
            <Button
              variant="quiet"
              isPending={isStopping}
              isDisabled={!canStop(progress)}
              onPress={() => setIsAsking(true)}
            >
              {t.upload.stop}
            </Button>
            <span className="soft small">{t.upload.runningHint}</span>
          </>
        )
      }
    >
      <Stepper
        label={t.upload.runningOne}
        steps={stepStates(progress, phase === "stopped").map(({ id, state: stands }) => ({
          id,
          title: t.upload.steps[id],
          text: t.upload.stepTexts[id],
          state: stands,
          detail:
            id === current && phase === "running" && (hasMeasure(current) || progress?.unit === "seconds") ? (
              <ProgressOf progress={progress} label={t.upload.steps[id]} />
            ) : undefined,
        }))}
      />
      {state.phase === "waiting" && (
        <Callout
          tone="caution"
          isAlert
          title={
            isCode(state.error, "unavailable.ledger")
              ? t.upload.waitingLedgerTitle
              : isCode(state.error, "offline")
                ? t.upload.waitingOffline
                : t.upload.waitingTitle
          }
          action={
            <Button size="s" icon="refresh" onPress={() => uploader.goOn()}>
              {t.upload.waitingTry}
            </Button>
          }
        >
          {isCode(state.error, "unavailable.ledger") ? t.upload.waitingLedgerText : t.upload.waitingText}
        </Callout>
      )}
      {state.phase === "stopped" && (
        <>
          <ErrorNotice error={state.error} kept={t.upload.stoppedKept} />
          <div className="row">
            <Button variant="primary" onPress={() => uploader.goOn()}>
              {t.upload.goOn}
            </Button>
            <Button variant="quiet" onPress={() => setIsAsking(true)}>
              {t.upload.giveUp}
            </Button>
          </div>
        </>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={t.upload.leaveTitle}
        confirm={t.upload.stop}
        danger
        onConfirm={() => uploader.giveUp()}
        onClose={() => setIsAsking(false)}
      >
        <p>{t.upload.leaveText}</p>
      </ConfirmDialog>
    </Card>
  );
}

/** Steps that tell how far they are. */
function hasMeasure(step: string): boolean {
  return step === "seal" || step === "sign" || step === "send";
}
