/** What mending did, what did not work and why, and how things are afterwards. */
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { useErrorWords } from "../design/ErrorNotice.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Job } from "../node/readJob.ts";
import type { Operations } from "../node/readOperations.ts";
import { CannotList } from "./CannotList.tsx";
import { badCount } from "./careState.ts";
import { failureError } from "./jobError.ts";
import { Lines } from "./Lines.tsx";
import { stepText } from "./stepText.ts";

type Props = { readonly job: Job; readonly stores: Operations["stores"] };

export function MendResult({ job, stores }: Props) {
  const t = useText();
  const format = useFormat();
  const errorWords = useErrorWords();
  const words = t.institution.mending;
  const { result } = job;
  if (result === null) return null;
  const { done = [], failed = [], cannot = [] } = result;
  const bad = badCount(job);
  return (
    <Section title={words.resultTitle} text={words.resultWhen({ ago: format.ago(job.finished_at ?? job.created_at) })}>
      <Card>
        {bad === 0 ? (
          <Callout tone="good" title={words.resultGood} />
        ) : (
          <Callout tone="caution" title={words.resultLeft({ count: format.number(bad) })} />
        )}
        {done.length + failed.length === 0 && <p>{words.resultNothing}</p>}
        {done.length > 0 && (
          <Disclosure title={words.resultDone({ count: format.number(done.length) })} isOpen={done.length <= 10}>
            <Lines lines={done.map((line) => ({ id: line, ...stepText(t, line, stores) }))} />
          </Disclosure>
        )}
        {failed.length > 0 && (
          <div className="stack-s">
            <h3>{words.resultFailed({ count: format.number(failed.length) })}</h3>
            <p>{words.resultKept}</p>
            <Lines
              lines={failed.map((one) => {
                const { title, remedy } = errorWords(failureError(one));
                return { id: one.step, text: stepText(t, one.step, stores).text, small: `${title} ${remedy}`.trim() };
              })}
            />
          </div>
        )}
        {cannot.length > 0 && (
          <div className="stack-s">
            <h3>{words.planCannot({ count: format.number(cannot.length) })}</h3>
            <CannotList lines={cannot} />
          </div>
        )}
      </Card>
    </Section>
  );
}
