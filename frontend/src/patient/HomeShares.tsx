/** Who can see what until when, the next to end first. */
import { Card } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton, TextLink } from "../design/LinkButton.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { Until } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryWords } from "../sharing/grantWords.ts";
import { byPerson, bySpan, gatherShares, isOpen, type ShareSpan } from "./shares.ts";
import { useCategoryCodes, useConsents } from "./useOwnRecord.ts";
import { usePeople } from "./usePeople.ts";

const SHOWN = 5;

export function HomeShares() {
  const t = useText();
  const format = useFormat();
  const consents = useConsents();
  const codes = useCategoryCodes();
  const standing = byPerson(gatherShares(consents.data ?? []).filter(isOpen));
  const people = usePeople(standing.map(({ grantee }) => grantee));
  const more = standing.length - SHOWN;
  return (
    <Card
      title={t.patient.whoCanTitle}
      icon="share"
      footer={
        <div className="row-spread">
          <TextLink href="/sharing">{t.patient.allSharing}</TextLink>
          {more > 0 && <span className="soft small">{t.patient.andMore({ count: format.number(more) })}</span>}
        </div>
      }
    >
      {consents.isPending && <Skeleton lines={4} />}
      {consents.isError && <ErrorNotice error={consents.error} onRetry={() => void consents.refetch()} compact />}
      {consents.isSuccess && standing.length === 0 && (
        <div className="stack">
          <p>{t.sharing.emptyTitle}.</p>
          <div>
            <LinkButton href="/sharing" icon="plus">
              {t.sharing.share}
            </LinkButton>
          </div>
        </div>
      )}
      <ul className="plain-list">
        {standing.slice(0, SHOWN).map(({ grantee, shares }) => (
          <li key={grantee}>
            <span className="plain-list-words home-share">
              <PersonName address={grantee} name={people.name(grantee)} avatar />
              {bySpan(shares).map((span) => (
                <SpanLine key={span.key} span={span} isAll={span.categories.length === codes.length} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** `isAll`: these are all categories that there are. */
function SpanLine({ span, isAll }: { readonly span: ShareSpan; readonly isAll: boolean }) {
  const t = useText();
  const format = useFormat();
  const rights = span.rights.map((right) => t.words.rights[right]);
  const what = isAll ? t.patient.wholeRecord : categoryWords(t, span.categories).join(", ");
  return (
    <span className="home-share-span">
      <span className="small">
        {format.list(rights)}: {what}
      </span>
      <span className="soft small">
        {span.state === "not_yet" && `${t.sharing.beginsOn({ date: format.date(span.fromAt) })}, `}
        <Until at={span.untilAt} />
      </span>
    </span>
  );
}
