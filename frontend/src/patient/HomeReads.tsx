/** What was read lately, and by whom. */
import { Card } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { TextLink } from "../design/LinkButton.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { TimeAgo } from "../design/Times.tsx";
import { useText } from "../i18n/text.ts";
import { purposeWords } from "../sharing/grantWords.ts";
import { ReadWhat } from "./ReadWhat.tsx";
import { groupReads, isReleased } from "./reads.ts";
import { usePeople } from "./usePeople.ts";
import { useReads } from "./useReads.ts";

const SHOWN = 4;

export function HomeReads() {
  const t = useText();
  const { reads, isPending, error, retry } = useReads();
  const groups = groupReads(reads).slice(0, SHOWN);
  const people = usePeople(groups.map(({ reader }) => reader));
  return (
    <Card title={t.patient.readTitle} icon="eye" footer={<TextLink href="/who-read">{t.patient.allReads}</TextLink>}>
      {isPending && <Skeleton lines={4} />}
      {error !== null && <ErrorNotice error={error} onRetry={retry} compact />}
      {!isPending && error === null && groups.length === 0 && <p>{t.patient.nobodyRead}</p>}
      <ul className="plain-list">
        {groups.map((group) => (
          <li key={group.key}>
            <span className="plain-list-words">
              <strong>{people.called(group.reader)}</strong>
              <ReadWhat group={group} />
              <span className="soft small">
                {purposeWords(t, group.purpose)}, <TimeAgo at={group.lastAt} />
              </span>
            </span>
            {!isReleased(group) && <StatusPill tone="bad">{t.patient.outcomes.refused}</StatusPill>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
