/** What a check found: how many pieces are in which state, and each one that is not as it should be. */
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { Table } from "../design/Table.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Job } from "../node/readJob.ts";
import { entryNumber } from "../record/entryNumber.ts";
import { badCount, copyOutcome } from "./careState.ts";
import { outcomeWords, recordWords, roleWords, stateWords } from "./recordWords.ts";
import { StateBar, stateTone } from "./StateBar.tsx";

const SHOWN_MAX_COUNT = 100;

export function Found({ job }: { readonly job: Job }) {
  const t = useText();
  const format = useFormat();
  const words = t.institution.mending;
  const { result } = job;
  if (result === null) return null;
  const bad = badCount(job);
  const ago = format.ago(job.finished_at ?? job.created_at);
  const shown = result.findings.slice(0, SHOWN_MAX_COUNT);
  const count = format.number(result.findings_count);
  return (
    <Section title={words.foundTitle} text={words.foundWhen({ ago, records: format.number(result.records_checked) })}>
      <Card>
        {bad === 0 ? (
          <Callout tone="good" title={words.allGood}>
            {job.kind === "plan" ? words.allGoodText : undefined}
          </Callout>
        ) : (
          <Callout tone="caution" title={words.someBad({ count: format.number(bad) })} />
        )}
        <StateBar counts={result.counts} />
        {shown.length > 0 && (
          <Disclosure
            isOpen={shown.length <= 10}
            title={
              shown.length < result.findings_count
                ? words.findingsFirst({ shown: format.number(shown.length), count })
                : words.findings({ count })
            }
          >
            <Table
              label={words.foundTitle}
              rows={shown}
              rowKey={(one) => `${one.patient}/${one.sequence}/${one.leaf_index}/${one.role}/${one.cid}`}
              columns={[
                {
                  id: "piece",
                  title: words.piece,
                  cell: (one) => (
                    <div>
                      {recordWords(t, {
                        patient: one.patient,
                        entry: String(entryNumber(one.sequence)),
                        part: one.leaf_index === null ? null : String(entryNumber(one.leaf_index)),
                      })}
                      <div className="soft small">{roleWords(t, one.role)}</div>
                    </div>
                  ),
                },
                {
                  id: "state",
                  title: words.state,
                  cell: (one) => <StatusPill tone={stateTone(one.state)}>{stateWords(t, one.state)}</StatusPill>,
                },
                {
                  id: "copies",
                  title: words.copies,
                  cell: (one) => (
                    <ul className="plain-list small">
                      {Object.keys(one.copies).map((store) => (
                        <li key={store}>
                          {store}: {outcomeWords(t, copyOutcome(store, one, result.plan))}
                        </li>
                      ))}
                    </ul>
                  ),
                },
              ]}
            />
          </Disclosure>
        )}
      </Card>
    </Section>
  );
}
