/** How far the index has read, and whether a worker is at work. */
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { When } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";

export function ProcessCards({ operations }: { readonly operations: Operations }) {
  const t = useText();
  const format = useFormat();
  const { index, worker } = operations;
  const words = t.institution.operations;
  const number = (value: number | null) => (value === null ? words.unknown : format.number(value));
  return (
    <div className="stack">
      <Card icon="search" level={3} title={words.indexTitle}>
        <p className="soft small">{words.indexText}</p>
        <DataList
          items={[
            { term: words.position, value: number(index.block_number) },
            { term: words.head, value: number(index.head_number) },
            {
              term: words.lag,
              value:
                index.lag_blocks === null ? words.unknown : words.lagSteps({ count: format.number(index.lag_blocks) }),
            },
            {
              term: words.headAge,
              value:
                index.head_age_s === null
                  ? words.unknown
                  : words.headAgeOld({ length: format.duration(index.head_age_s) }),
            },
          ]}
        />
      </Card>
      <Card icon="clock" level={3} title={words.workerTitle}>
        <p className="soft small">{words.workerText}</p>
        <DataList
          items={[
            {
              term: words.workerState,
              value: (
                <StatusPill tone={worker.lease_holder_alive ? "good" : "bad"}>
                  {worker.lease_holder_alive ? words.workerAlive : words.workerDead}
                </StatusPill>
              ),
            },
            ...(worker.lease_expires_at === null
              ? []
              : [{ term: words.lease, value: <When at={worker.lease_expires_at} /> }]),
          ]}
        />
      </Card>
    </div>
  );
}
