/** The patient's own record: everything in it, newest first, each entry opened and checked in place, and measurements over time. */
import { EmptyState } from "../design/EmptyState.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { useText } from "../i18n/text.ts";
import { OwnRecord } from "../record/OwnRecord.tsx";
import { useClient } from "../session/context.ts";

export function RecordPage() {
  const t = useText();
  const { account } = useClient();
  const add = (
    <LinkButton href={`/upload/${account}`} icon="plus">
      {t.record.add}
    </LinkButton>
  );
  return (
    <div className="stack">
      <PageHeader title={t.record.title} text={t.record.text} actions={add} />
      <OwnRecord
        base="/record"
        empty={
          <EmptyState icon="record" title={t.record.empty} action={add}>
            {t.record.emptyText}
          </EmptyState>
        }
      />
    </div>
  );
}
