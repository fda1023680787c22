/** Has every copy read and compared now. It goes on at the node also where the page is left. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Job } from "../node/readJob.ts";
import { startCheck } from "../node/startCheck.ts";
import { waitForJob } from "../node/waitForJob.ts";
import { useClient } from "../session/context.ts";

export function CheckNow({ isDisabled }: { readonly isDisabled: boolean }) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const [job, setJob] = useState<Job | null>(null);
  const [isRunning, setIsRunning] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const waiting = useRef<AbortController | null>(null);
  useEffect(() => () => waiting.current?.abort(), []);
  const patient = client.account;
  const check = async () => {
    const controller = new AbortController();
    waiting.current = controller;
    const { signal } = controller;
    setIsRunning(true);
    setError(null);
    setJob(null);
    try {
      const begun = await startCheck(client, { patient, signal });
      setJob(await waitForJob(client, { job: begun, onProgress: setJob, signal }));
    } catch (thrown) {
      setError(thrown);
    } finally {
      setIsRunning(false);
      await Promise.all([
        queries.invalidateQueries({ queryKey: queryKeys.copies(patient) }),
        queries.invalidateQueries({ queryKey: queryKeys.mendings(patient) }),
      ]);
    }
  };
  const progress = job?.progress;
  const text =
    progress === undefined || job?.state === "queued"
      ? t.care.checkWaits
      : t.care.checkingText({
          objects: format.number(progress.objects_done ?? 0),
          bytes: format.bytes(progress.bytes_read ?? 0),
        });
  const found = job?.result?.findings_count ?? 0;
  return (
    <div className="stack">
      {isRunning ? (
        <ProgressBar label={t.care.checking} value={null} text={text} onCancel={() => waiting.current?.abort()} />
      ) : (
        <div>
          <Button icon="refresh" variant="primary" isDisabled={isDisabled} onPress={() => void check()}>
            {t.care.checkNow}
          </Button>
        </div>
      )}
      {!isRunning && job?.state === "done" && (
        <Callout tone={job.result?.healthy ? "good" : "caution"} isAlert>
          {job.result?.healthy ? t.care.checkGood : t.care.checkFound({ count: format.number(found) })}
        </Callout>
      )}
      {!isRunning && job?.state === "failed" && (
        <Callout tone="bad" title={t.care.checkFailed} isAlert>
          {job.failure?.message} {job.failure?.remedy}
        </Callout>
      )}
      {error !== null &&
        (isCode(error, "cancelled") ? (
          <Callout isAlert>{t.care.checkGoesOn}</Callout>
        ) : (
          <ErrorNotice error={error} onRetry={() => void check()} />
        ))}
    </div>
  );
}
