/** The entries that only the patient can open: looked at here, and added from here. */
import { EmptyState } from "../design/EmptyState.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { useText } from "../i18n/text.ts";
import { OwnRecord } from "../record/OwnRecord.tsx";
import { useClient } from "../session/context.ts";

export function PrivatePage() {
  const t = useText();
  const words = t.record.privatePage;
  const { account } = useClient();
  const add = (
    <LinkButton href={`/upload/${account}?private=yes`} icon="plus" variant="primary">
      {words.add}
    </LinkButton>
  );
  return (
    <div className="stack">
      <PageHeader title={words.title} text={words.text} actions={add} />
      <p className="soft small">{words.note}</p>
      <OwnRecord
        base="/private"
        onlyPrivate
        empty={
          <EmptyState icon="lock" title={words.empty}>
            {words.emptyText}
          </EmptyState>
        }
      />
    </div>
  );
}
