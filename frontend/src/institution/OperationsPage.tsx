/** An institution sees how its node works inside: what was looked at, outbox, index, worker and jobs; kept up to date quietly. */
import { PageHeader } from "../design/PageHeader.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { Conditions } from "./Conditions.tsx";
import { JobsTable } from "./JobsTable.tsx";
import { OperatorOnly } from "./OperatorOnly.tsx";
import { OutboxCard } from "./OutboxCard.tsx";
import { ProcessCards } from "./ProcessCards.tsx";
import { useOperations } from "./useOperations.ts";

export function OperationsPage() {
  const t = useText();
  const format = useFormat();
  const operations = useOperations();
  const words = t.institution.operations;
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <OperatorOnly query={operations}>
        {(data) => (
          <div className="sections">
            <Conditions conditions={data.conditions} />
            <div className="grid-2">
              <OutboxCard operations={data} />
              <ProcessCards operations={data} />
            </div>
            <p className="soft small">
              {t.institution.lookedAt({ ago: format.ago(data.measured_at) })} · {words.version} {data.version}
            </p>
            <JobsTable />
          </div>
        )}
      </OperatorOnly>
    </>
  );
}
