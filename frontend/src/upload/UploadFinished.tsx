/** It is done: what was added, and the way to it. */
import { Button } from "../design/Button.tsx";
import { Card } from "../design/Card.tsx";
import { LinkButton, TextLink } from "../design/LinkButton.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";
import type { UploadDone } from "../vault/types.ts";
import { doneEntries } from "./doneEntries.ts";
import { someTitles } from "./someTitles.ts";

const SHOWN = 20;

type Props = {
  readonly patient: Address;
  readonly isOwn: boolean;
  readonly titles: readonly string[];
  readonly categories: readonly string[] | null;
  /** Codes of the categories that may be read here. */
  readonly readable: readonly string[];
  readonly done: UploadDone;
  /** Whether the list still holds what was not sent. */
  readonly hasRest: boolean;
  /** Titles of what was to be added and was not sent. */
  readonly left: readonly string[];
  readonly onMore: () => void;
};

export function UploadFinished(props: Props) {
  const { patient, isOwn, titles, categories, readable, done, hasRest, left, onMore } = props;
  const t = useText();
  const format = useFormat();
  const { records } = done;
  const more = records.length - SHOWN;
  const entries = doneEntries({ patient, isOwn, records, titles, categories, readable });
  return (
    <Card
      tone="accent"
      icon="check"
      title={
        <span role="status">
          {records.length === 1 ? t.upload.doneOne : t.upload.doneTitle({ count: format.number(records.length) })}
        </span>
      }
      footer={
        <>
          <LinkButton variant="primary" href={isOwn ? "/record" : `/patients/${patient}`}>
            {t.upload.doneOpen}
          </LinkButton>
          <Button onPress={onMore}>{t.upload.doneMore}</Button>
        </>
      }
    >
      <p>{t.upload.doneText}</p>
      <ul>
        {entries.slice(0, SHOWN).map(({ key, title, href }) => (
          <li key={key}>
            {href === null ? (
              <>
                {title} <span className="soft small">{t.upload.doneNotReadable}</span>
              </>
            ) : (
              <TextLink href={href}>{title}</TextLink>
            )}
          </li>
        ))}
        {more > 0 && <li>{t.upload.doneMany({ count: format.number(more) })}</li>}
      </ul>
      {left.length > 0 && <p>{t.upload.doneLeft({ titles: someTitles(t, format, left) })}</p>}
      {hasRest && <p>{t.upload.doneRest}</p>}
    </Card>
  );
}
