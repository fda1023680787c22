/** One entry, opened beside the timeline (over the whole screen on a phone): its content, what is known of it, and its check. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Drawer } from "../design/Dialog.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { CheckDialog } from "./CheckDialog.tsx";
import { Course } from "./Course.tsx";
import { courseOf } from "./courseOf.ts";
import { EntryContent } from "./EntryContent.tsx";
import { EntryFacts } from "./EntryFacts.tsx";
import { shownName, shownTitle } from "./entryTitle.ts";
import { isPassing } from "./passing.ts";
import { useFindEntry } from "./useFindEntry.ts";
import type { People } from "./usePeople.ts";
import { refusalError } from "./useRefusalWords.ts";
import "./EntryPanel.css";

type Props = {
  /** Null where the address names none that is listed. */
  readonly record: ListedRecord | null;
  /** Everything that is listed and may be opened: the course of a measurement is taken from it. */
  readonly records: readonly ListedRecord[];
  readonly purpose: Purpose;
  readonly people: People;
  /** Why it can't be opened now, though it is there; null where it can. */
  readonly closed: string | null;
  /** Said above where access is over: what is open stays. */
  readonly isOver: boolean;
  /** Lists again: for an entry that could not be had. */
  readonly onListAgain: () => void;
  readonly onEntry: (key: string) => void;
  readonly hrefOf: (key: string) => string;
  /** Goes on to an entry that the open one refers to: the way back leads to the open one again. */
  readonly onFollow: (key: string) => void;
  readonly onClose: () => void;
};

export function EntryPanel({ record, onClose, ...rest }: Props) {
  const t = useText();
  const clinical = useClinical();
  const titleOf = (of: ListedRecord | null) => {
    if (of === null) return t.record.entry.noSuch;
    return of.descriptor === null ? t.record.sealedTitle : shownTitle(clinical, of.descriptor);
  };
  return (
    <Drawer isOpen onClose={onClose} width="l" title={titleOf(record)}>
      {record === null ? (
        <EmptyState icon="search" title={t.record.entry.noSuch}>
          {t.record.entry.noSuchText}
        </EmptyState>
      ) : (
        <Entry record={record} {...rest} />
      )}
    </Drawer>
  );
}

function Entry(props: Omit<Props, "record" | "onClose"> & { readonly record: ListedRecord }) {
  const { record, records, purpose, people, closed, isOver, onListAgain, onEntry, hrefOf, onFollow } = props;
  const t = useText();
  const clinical = useClinical();
  const { account } = useClient();
  const [isChecking, setIsChecking] = useState(false);
  const [withCourse, setWithCourse] = useState(false);
  const course = courseOf(records, record);
  const find = useFindEntry({ record, records, people, hrefOf, onFollow });
  const isPatient = account === record.patient;
  // What only the patient may open is not offered to others.
  const isSealed = record.private && !isPatient;
  return (
    <div className="entry-panel stack">
      {isOver && (
        <Callout tone="caution" isAlert title={t.record.reader.ended}>
          {t.record.reader.endedText}
        </Callout>
      )}
      {record.refusal !== null && (
        <ErrorNotice
          error={refusalError(record.refusal)}
          {...(isPassing(record.refusal) ? { onRetry: onListAgain } : {})}
        />
      )}
      {!isSealed && <EntryContent record={record} purpose={purpose} closed={closed} isOver={isOver} find={find} />}
      <div className="row">
        <Button icon="shield" onPress={() => setIsChecking(true)}>
          {t.record.entry.check}
        </Button>
        {course.length > 1 && !withCourse && (
          <Button icon="chart" onPress={() => setWithCourse(true)}>
            {t.record.entry.course}
          </Button>
        )}
      </div>
      {withCourse && (
        <Course
          records={course}
          purpose={purpose}
          title={record.descriptor === null ? "" : shownName(clinical, record.descriptor)}
          onEntry={onEntry}
        />
      )}
      <Disclosure title={t.record.entry.facts} isOpen>
        <EntryFacts record={record} people={people} />
      </Disclosure>
      {isChecking && <CheckDialog record={record} purpose={purpose} onClose={() => setIsChecking(false)} />}
    </div>
  );
}
