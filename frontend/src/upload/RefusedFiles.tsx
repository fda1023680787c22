/** Files that can't be taken, each with why. */
import type { RefusedFile } from "../core/intake/planIntake.ts";
import { Button } from "../design/Button.tsx";
import { Card } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { faultWords } from "./faultWords.ts";
import "./RefusedFiles.css";

const FAULTS_SHOWN = 20;

type Props = { readonly files: readonly RefusedFile[]; readonly onDismiss: () => void };

export function RefusedFiles({ files, onDismiss }: Props) {
  const t = useText();
  const format = useFormat();
  return (
    <Card
      tone="caution"
      icon="warning"
      title={t.upload.refusedTitle({ count: format.number(files.length) })}
      actions={
        <Button size="s" variant="quiet" onPress={onDismiss}>
          {t.upload.dismiss}
        </Button>
      }
    >
      <p>{t.upload.refusedText}</p>
      <ul className="refused-files">
        {files.map((file, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two files may have the same name, and the list only grows
          <li key={at} className="stack-s">
            <p>
              <strong>{file.fileName}</strong>
              <br />
              {faultWords(t, file)}
            </p>
            {file.code.startsWith("intake.fhir_") && (
              <Disclosure title={t.upload.details}>
                <Faults file={file} />
              </Disclosure>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Faults({ file }: { readonly file: RefusedFile }) {
  const t = useText();
  const format = useFormat();
  const shown = file.faults.slice(0, FAULTS_SHOWN);
  const more = file.faultCount - shown.length;
  return (
    <ul className="small">
      {shown.map(({ place, code, message }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change
        <li key={at}>
          {/* Places and messages are written in English, for whoever mends the file. */}
          <span lang="en">
            <code>{place}</code>: {message || code}
          </span>
        </li>
      ))}
      {more > 0 && <li>{t.upload.moreFaults({ count: format.number(more) })}</li>}
    </ul>
  );
}
