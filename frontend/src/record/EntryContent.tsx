/** An entry's content: opened, being opened, or why not. */
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { ProgressOf } from "../design/ProgressBar.tsx";
import { useText } from "../i18n/text.ts";
import type { ListedRecord, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import type { FindEntry } from "../viewers/types.ts";
import { Viewer } from "../viewers/Viewer.tsx";
import { useOpened } from "./useOpened.ts";

type Props = {
  readonly record: ListedRecord;
  readonly purpose: Purpose;
  /** Why it can't be opened now; null where it can. */
  readonly closed: string | null;
  /** Access is over: what is open stays, nothing more opens. */
  readonly isOver: boolean;
  /** The entry that a reference in the content means. */
  readonly find: FindEntry;
};

export function EntryContent({ record, purpose, closed, isOver, find }: Props) {
  const t = useText();
  const words = t.record.entry;
  const { account } = useClient();
  const { opened, isOpening, progress, error, open, cancel } = useOpened(record, purpose);
  const isPatient = account === record.patient;
  if (opened !== null) {
    const { descriptor, blob } = opened;
    return (
      <Viewer
        blob={blob}
        mediaType={descriptor.mediaType}
        fhirType={descriptor.fhirType}
        fileName={descriptor.fileName}
        title={descriptor.title}
        find={find}
      />
    );
  }
  if (isOpening) {
    return <ProgressOf progress={progress} label={labelOf(words.opening, progress?.step)} onCancel={cancel} />;
  }
  if (error !== null) return <ErrorNotice error={error} kept={words.kept} onRetry={open} />;
  // That access is over is said above.
  if (isOver) return null;
  if (closed !== null) return <Callout>{closed}</Callout>;
  return (
    <Callout
      tone="info"
      action={
        <Button variant="primary" icon="eye" onPress={open}>
          {words.open}
        </Button>
      }
    >
      {isPatient ? words.stopped : words.openNote}
    </Callout>
  );
}

/** Words for a step of a long action; for a step without words of its own, the general ones. */
export function labelOf(words: { readonly [step: string]: string; readonly other: string }, step?: string): string {
  return (step !== undefined && Object.hasOwn(words, step) ? words[step] : undefined) ?? words.other;
}
