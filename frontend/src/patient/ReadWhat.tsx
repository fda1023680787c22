/** What was read, or asked for: an entry with a link to it, or several. */
import { Disclosure } from "../design/Disclosure.tsx";
import { TextLink } from "../design/LinkButton.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { shownTitle } from "../record/entryTitle.ts";
import { categoryWords } from "../sharing/grantWords.ts";
import { actWords } from "./actWords.ts";
import type { KnownEntry, ReadGroup } from "./reads.ts";

export function EntryLink({ entry }: { readonly entry: KnownEntry }) {
  const t = useText();
  const clinical = useClinical();
  const words =
    entry.descriptor === null
      ? t.patient.entryOf({ category: categoryWords(t, [entry.categoryCode]).join("") })
      : shownTitle(clinical, entry.descriptor);
  return <TextLink href={`/record/${entry.key}`}>{words}</TextLink>;
}

/** `withList`: all entries can be opened up. */
export function ReadWhat({ group, withList = false }: { readonly group: ReadGroup; readonly withList?: boolean }) {
  const t = useText();
  const format = useFormat();
  const act = actWords(t, group);
  const [only] = group.entries;
  const times =
    group.reads.length > group.count ? t.patient.repeated({ count: format.number(group.reads.length) }) : null;
  if (group.count === 1 && only !== undefined) {
    return (
      <span>
        {act}: <EntryLink entry={only} />
        {times !== null && `, ${times}`}
      </span>
    );
  }
  const many = `${act}: ${t.patient.manyEntries({ count: format.number(group.count) })}`;
  if (!withList || group.entries.length === 0) return <span>{many}</span>;
  return (
    <div>
      {many}
      {times !== null && `, ${times}`}
      <Disclosure title={t.patient.showEntries} level={3}>
        <ul>
          {group.entries.map((entry) => (
            <li key={entry.key}>
              <EntryLink entry={entry} /> <span className="soft">({categoryName(t, entry.categoryCode)})</span>
            </li>
          ))}
        </ul>
      </Disclosure>
    </div>
  );
}
