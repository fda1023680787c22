import { Card } from "../design/Card.tsx";
import type { IconName } from "../design/Icon.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { SafeEntry } from "../node/listSafe.ts";

type Props = {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  /** Null where there is none. */
  readonly entry: SafeEntry | null;
};

/** A backup: whether it is kept, since when, and what it is good for. */
export function BackupCard({ icon, title, text, entry }: Props) {
  const t = useText();
  const format = useFormat();
  return (
    <Card title={title} icon={icon} level={3} tone={entry === null ? "caution" : "plain"}>
      <div className="row">
        <StatusPill tone={entry === null ? "caution" : "good"}>
          {entry === null ? t.patient.missing : t.patient.present}
        </StatusPill>
        {entry !== null && (
          <span className="soft small">
            {t.patient.keptSince({ date: format.date(entry.changed_at) })},{" "}
            {t.patient.version({ version: format.number(entry.version) })}
          </span>
        )}
      </div>
      <p>{text}</p>
    </Card>
  );
}
