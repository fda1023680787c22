/** What came into the record last. */
import { Card } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Icon } from "../design/Icon.tsx";
import { TextLink } from "../design/LinkButton.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryIcon, categoryName } from "../record/categories.ts";
import { shownTitle } from "../record/entryTitle.ts";
import { entryKey } from "../record/recordIndex.ts";
import { categoryWords } from "../sharing/grantWords.ts";
import { useTitledRecords } from "./useOwnRecord.ts";
import { usePeople } from "./usePeople.ts";

const SHOWN = 3;

export function HomeNew() {
  const t = useText();
  const format = useFormat();
  const clinical = useClinical();
  const records = useTitledRecords();
  const newest = (records.data ?? [])
    .toSorted((a, b) => b.recordedAt - a.recordedAt || b.sequence - a.sequence)
    .slice(0, SHOWN);
  const people = usePeople(newest.map(({ author }) => author));
  const total = records.data?.length ?? 0;
  return (
    <Card
      title={t.patient.newTitle}
      icon="record"
      footer={
        <div className="row-spread">
          <TextLink href="/record">{t.patient.wholeRecord}</TextLink>
          {total > 0 && <span className="soft small">{t.patient.entriesTotal({ count: format.number(total) })}</span>}
        </div>
      }
    >
      {records.isPending && <Skeleton lines={4} />}
      {records.isError && <ErrorNotice error={records.error} onRetry={() => void records.refetch()} compact />}
      {records.isSuccess && newest.length === 0 && <p>{t.patient.noEntries}</p>}
      <ul className="plain-list">
        {newest.map((record) => (
          <li key={entryKey(record)}>
            <span className="row">
              <Icon name={categoryIcon(record.categoryCode)} />
              <span className="plain-list-words">
                <TextLink href={`/record/${entryKey(record)}`}>
                  {record.descriptor === null
                    ? t.patient.entryOf({ category: categoryWords(t, [record.categoryCode]).join("") })
                    : shownTitle(clinical, record.descriptor)}
                </TextLink>
                <span className="soft small">
                  {categoryName(t, record.categoryCode)} ·{" "}
                  {t.patient.addedBy({ name: people.called(record.author), ago: format.ago(record.recordedAt) })}
                </span>
              </span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
