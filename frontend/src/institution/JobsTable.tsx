/** Checks and mending, newest first: the first look is kept up to date, older ones come on demand. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Section } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { Table } from "../design/Table.tsx";
import { When } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { type AllTexts, useText } from "../i18n/text.ts";
import { listJobs } from "../node/listJobs.ts";
import type { Job } from "../node/readJob.ts";
import { entryNumber } from "../record/entryNumber.ts";
import { useClient } from "../session/context.ts";
import { badCount } from "./careState.ts";

const EVERY_MS = 10_000;
const PAGE_MAX_COUNT = 20;
const TONES: Readonly<Record<Job["state"], Tone>> = {
  queued: "neutral",
  running: "accent",
  done: "good",
  failed: "bad",
};

export function JobsTable() {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const words = t.institution.operations;
  const jobs = useInfiniteQuery({
    queryKey: [...queryKeys.jobs(client.account), "pages"],
    queryFn: ({ pageParam, signal }) => listJobs(client, { cursor: pageParam, limit: PAGE_MAX_COUNT, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: EVERY_MS,
  });
  const rows = jobs.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section title={words.jobsTitle} text={words.jobsText}>
      {jobs.isPending && <Skeleton lines={4} />}
      {jobs.error !== null && <ErrorNotice error={jobs.error} onRetry={() => void jobs.refetch()} />}
      {jobs.data !== undefined && (
        <Table
          label={words.jobsTitle}
          rows={rows}
          rowKey={(job) => job.job_id}
          empty={
            <EmptyState icon="mend" title={words.jobsNone}>
              {words.jobsNoneText}
            </EmptyState>
          }
          columns={[
            { id: "job", title: words.job, cell: (job) => t.institution.jobKinds[job.kind] },
            { id: "of", title: words.jobOf, cell: (job) => subject(t, job) },
            {
              id: "state",
              title: words.workerState,
              cell: (job) => <StatusPill tone={TONES[job.state]}>{t.institution.jobStates[job.state]}</StatusPill>,
            },
            { id: "begun", title: words.begun, cell: (job) => <When at={job.created_at} /> },
            {
              id: "took",
              title: words.took,
              numeric: true,
              cell: (job) => (job.finished_at === null ? "—" : format.duration(job.finished_at - job.created_at)),
            },
            { id: "result", title: words.result, cell: (job) => <Result job={job} /> },
          ]}
        />
      )}
      {jobs.hasNextPage && (
        <div className="row">
          <Button isPending={jobs.isFetchingNextPage} onPress={() => void jobs.fetchNextPage()}>
            {t.common.showMore}
          </Button>
        </div>
      )}
    </Section>
  );
}

function subject(t: AllTexts, job: Job): string {
  if (job.patient === null) return t.institution.operations.everything;
  const patient = shortAddress(job.patient);
  return job.sequence === null ? patient : t.institution.record({ entry: String(entryNumber(job.sequence)), patient });
}

function Result({ job }: { readonly job: Job }) {
  const t = useText();
  const format = useFormat();
  if (job.failure !== null) return <code className="small">{job.failure.code}</code>;
  if (job.result === null) return <>—</>;
  const bad = badCount(job);
  const words = t.institution.operations;
  return <>{bad === 0 ? words.resultGood : words.resultBad({ count: format.number(bad) })}</>;
}
