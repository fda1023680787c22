/** What was mended before, newest first: asked for by somebody here, or by the site itself on its schedule. */
import { Section } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Job } from "../node/readJob.ts";
import type { Operations } from "../node/readOperations.ts";
import { mendedIn } from "./careState.ts";
import { Lines } from "./Lines.tsx";
import { stepText } from "./stepText.ts";

type Props = {
  readonly jobs: readonly Job[];
  /** The one whose result is shown by itself. */
  readonly besides: Job | null;
  readonly stores: Operations["stores"];
};

export function MendedBefore({ jobs, besides, stores }: Props) {
  const t = useText();
  const format = useFormat();
  const words = t.institution.mending;
  const before = mendedIn(jobs).filter((job) => job.job_id !== besides?.job_id);
  return (
    <Section title={words.beforeTitle} text={words.beforeText}>
      {before.length === 0 && <p>{words.beforeNone}</p>}
      {before.map((job) => {
        const done = job.result?.done ?? [];
        const title = words.beforeLine({
          when: format.dateTime(job.finished_at ?? job.created_at),
          count: format.number(done.length),
        });
        return (
          <Disclosure key={job.job_id} title={title}>
            <Lines lines={done.map((line) => ({ id: line, ...stepText(t, line, stores) }))} />
          </Disclosure>
        );
      })}
    </Section>
  );
}
