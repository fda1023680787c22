/** Keys that were replaced: the backups that this browser keeps, and the way to open older entries with one of them. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { forgetPrevious, type PreviousBackup, readPrevious } from "../node/previousBackup.ts";
import { useClient, useMe, useSession } from "../session/context.ts";
import { OlderKeyDialog } from "./OlderKeyDialog.tsx";
import { saveOldKey } from "./saveOldKey.ts";

export function PreviousKeys() {
  const t = useText();
  const format = useFormat();
  const { account } = useClient();
  const { recipient } = useMe();
  const { controller } = useSession();
  const [all, setAll] = useState(() => readPrevious(account));
  const [opening, setOpening] = useState<{ readonly kept: Uint8Array | null } | null>(null);
  const [removing, setRemoving] = useState<PreviousBackup | null>(null);
  // What was never published opens nothing; it is kept for the case that it is published after all.
  const shown = all.filter(({ wasPublished }) => wasPublished);
  if (shown.length === 0 && recipient === null) return null;
  const isUnderWay = shown.some((one) => one.recipient === recipient);
  return (
    <Section title={t.patient.oldKeys}>
      <p className="soft">{shown.length === 0 ? t.patient.oldKeysNone : t.patient.oldKeysText}</p>
      {isUnderWay && (
        <Callout
          tone="caution"
          title={t.patient.replaceOpen}
          action={
            <Button size="s" icon="refresh" onPress={() => void controller.start()}>
              {t.patient.lookAgain}
            </Button>
          }
        >
          {t.patient.replaceOpenText}
        </Callout>
      )}
      {shown.map((one) => (
        <Card key={`${one.slot} ${one.recipient}`}>
          <p>{t.patient.oldKeyUntil({ date: format.dateTime(one.keptAt) })}</p>
          <div className="row">
            {one.recipient !== recipient && (
              <Button icon="key" onPress={() => setOpening({ kept: one.backup })}>
                {t.patient.olderKeyOpen}
              </Button>
            )}
            <Button icon="download" onPress={() => saveOldKey(t, one.backup)}>
              {t.patient.saveOldAgain}
            </Button>
            {one.recipient !== recipient && (
              <Button variant="quiet" onPress={() => setRemoving(one)}>
                {t.patient.oldKeyRemove}
              </Button>
            )}
          </div>
        </Card>
      ))}
      {recipient !== null && (
        <div>
          <Button icon="key" onPress={() => setOpening({ kept: null })}>
            {t.patient.olderKeyFile}
          </Button>
        </div>
      )}
      {opening !== null && recipient !== null && (
        <OlderKeyDialog kept={opening.kept} recipient={recipient} onClose={() => setOpening(null)} />
      )}
      <ConfirmDialog
        isOpen={removing !== null}
        title={t.patient.oldKeyRemove}
        confirm={t.patient.oldKeyRemoveConfirm}
        danger
        onConfirm={() => {
          if (removing !== null) forgetPrevious(account, removing);
          setAll(readPrevious(account));
        }}
        onClose={() => setRemoving(null)}
      >
        <p>{t.patient.oldKeyRemoveText}</p>
      </ConfirmDialog>
    </Section>
  );
}
