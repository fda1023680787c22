/** An institution has all copies checked, reads in words what was found and would be done, and only then has it done. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { mend } from "../node/mend.ts";
import { planMending } from "../node/planMending.ts";
import type { Job } from "../node/readJob.ts";
import type { Operations } from "../node/readOperations.ts";
import { useClient } from "../session/context.ts";
import { careState } from "./careState.ts";
import { Found } from "./Found.tsx";
import { jobError } from "./jobError.ts";
import { MendedBefore } from "./MendedBefore.tsx";
import { MendResult } from "./MendResult.tsx";
import { OperatorOnly } from "./OperatorOnly.tsx";
import { PathsToSign } from "./PathsToSign.tsx";
import { PlanView } from "./PlanView.tsx";
import { useJobs, useWholeJob } from "./useJobs.ts";
import { useOperations } from "./useOperations.ts";
import "./institution.css";

export function MendingPage() {
  const t = useText();
  const operations = useOperations();
  return (
    <>
      <PageHeader title={t.institution.mending.title} text={t.institution.mending.text} />
      <OperatorOnly query={operations}>{({ stores }) => <Mending stores={stores} />}</OperatorOnly>
    </>
  );
}

function Mending({ stores }: { readonly stores: Operations["stores"] }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const jobs = useJobs();
  const asked = useMutation({
    mutationFn: (what: "plan" | "mend") => (what === "plan" ? planMending(client) : mend(client)),
    onSettled: () => queries.invalidateQueries({ queryKey: queryKeys.jobs(client.account) }),
  });
  const care = careState(jobs.data ?? []);
  const look = useWholeJob(care.lastLook);
  const isBusy = care.running !== null || asked.isPending;
  const words = t.institution.mending;
  return (
    <OperatorOnly query={jobs}>
      {(all) => (
        <div className="sections">
          <div className="stack">
            <div className="row">
              <Button
                variant={care.plan === null ? "primary" : "secondary"}
                icon="shield"
                isDisabled={isBusy}
                onPress={() => asked.mutate("plan")}
              >
                {care.lastLook === null ? words.checkAction : words.checkAgain}
              </Button>
            </div>
            {care.running !== null && <Running job={care.running} />}
            {asked.error !== null && <ErrorNotice error={asked.error} />}
            {care.failed !== null && care.running === null && (
              <ErrorNotice error={jobError(care.failed)} kept={words.resultKept} />
            )}
            {care.lastLook === null && care.running === null && (
              <EmptyState icon="shield" title={words.never}>
                {words.neverText}
              </EmptyState>
            )}
          </div>
          <PathsToSign jobs={all} stores={stores} />
          {look.error !== null && <ErrorNotice error={look.error} onRetry={() => void look.refetch()} />}
          {look.data?.kind === "mend" && <MendResult job={look.data} stores={stores} />}
          {look.data !== undefined && <Found job={look.data} />}
          {look.data?.kind === "plan" && (
            <PlanView job={look.data} stores={stores} isBusy={isBusy} onApply={() => asked.mutateAsync("mend")} />
          )}
          <MendedBefore jobs={all} besides={care.lastLook} stores={stores} />
        </div>
      )}
    </OperatorOnly>
  );
}

function Running({ job }: { readonly job: Job }) {
  const t = useText();
  const format = useFormat();
  const words = t.institution.mending;
  const { objects_done = 0, bytes_read = 0 } = job.progress;
  const label = job.state === "queued" ? words.waitingTurn : job.kind === "mend" ? words.mendingNow : words.checking;
  return (
    <div className="stack-s" role="status">
      <ProgressBar
        label={label}
        value={null}
        text={
          objects_done === 0
            ? ""
            : words.progress({ count: format.number(objects_done), size: format.bytes(bytes_read) })
        }
      />
      <p className="soft small">{words.goesOn}</p>
    </div>
  );
}
