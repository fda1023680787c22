/** Here a person sees which keys there are, makes and tests backups, forgets or replaces the key, and ends other sign-ins. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { DataList } from "../design/DataList.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useText } from "../i18n/text.ts";
import { listSafe } from "../node/listSafe.ts";
import { useClient, useMe, useSession } from "../session/context.ts";
import { BackupCard } from "./BackupCard.tsx";
import { BackupDialog } from "./BackupDialog.tsx";
import { OpenSessions } from "./OpenSessions.tsx";
import { PreviousKeys } from "./PreviousKeys.tsx";
import { ReplaceKeyDialog } from "./ReplaceKeyDialog.tsx";
import { TestBackupDialog } from "./TestBackupDialog.tsx";

export function KeysPage() {
  const t = useText();
  const client = useClient();
  const me = useMe();
  const { controller } = useSession();
  const [dialog, setDialog] = useState<"backup" | "test" | "forget" | "replace" | null>(null);
  const safe = useQuery({
    queryKey: queryKeys.safe(client.account),
    queryFn: ({ signal }) => listSafe(client, { signal }),
  });
  const close = () => setDialog(null);
  const slot = (name: string) => safe.data?.find((one) => one.slot === name) ?? null;
  const [byWallet, byPassphrase] = [slot("identity"), slot("identity-passphrase")];
  const hasNone = safe.isSuccess && byWallet === null && byPassphrase === null;
  const { recipient } = me;
  return (
    <>
      <PageHeader title={t.patient.keysTitle} text={t.patient.keysText} />
      <div className="stack-l">
        <Section title={t.patient.backups}>
          {safe.isPending && <Skeleton lines={3} />}
          {safe.isError && <ErrorNotice error={safe.error} onRetry={() => void safe.refetch()} />}
          {safe.isSuccess && (
            <>
              <div className="grid-2">
                <BackupCard
                  icon="wallet"
                  title={t.patient.walletBackup}
                  entry={byWallet}
                  text={byWallet === null ? t.patient.walletBackupNone : t.patient.walletBackupText}
                />
                <BackupCard
                  icon="key"
                  title={t.patient.passphraseBackup}
                  entry={byPassphrase}
                  text={byPassphrase === null ? t.patient.passphraseBackupNone : t.patient.passphraseBackupText}
                />
              </div>
              {recipient !== null && (
                <div className="row">
                  <Button
                    variant={byPassphrase === null ? "primary" : "secondary"}
                    icon="download"
                    onPress={() => setDialog("backup")}
                  >
                    {byPassphrase === null ? t.patient.makeBackup : t.patient.makeAnother}
                  </Button>
                  <Button icon="check" onPress={() => setDialog("test")}>
                    {t.patient.testBackup}
                  </Button>
                </div>
              )}
            </>
          )}
        </Section>
        <Section title={t.patient.whichKeys}>
          <Card>
            <DataList
              items={[
                { term: t.patient.walletKey, value: t.patient.walletKeyText },
                { term: t.patient.recordKey, value: t.patient.recordKeyText },
                { term: t.patient.entryKeys, value: t.patient.entryKeysText },
              ]}
            />
            {recipient !== null && (
              <Disclosure title={t.patient.publishedAs}>
                <code>{recipient}</code>
              </Disclosure>
            )}
          </Card>
        </Section>
        <OpenSessions />
        <Section title={t.patient.device}>
          <p className="soft">{t.patient.forgetText}</p>
          <div>
            <Button icon="lock" onPress={() => setDialog("forget")}>
              {t.patient.forget}
            </Button>
          </div>
        </Section>
        <PreviousKeys key={dialog} />
        {recipient !== null && (
          <Section title={t.patient.replaceTitle}>
            <p className="soft">{t.patient.replaceText}</p>
            <div>
              <Button variant="danger" icon="key" onPress={() => setDialog("replace")}>
                {t.patient.replace}
              </Button>
            </div>
          </Section>
        )}
      </div>
      {dialog === "backup" && recipient !== null && <BackupDialog recipient={recipient} onClose={close} />}
      {dialog === "test" && recipient !== null && (
        <TestBackupDialog
          recipient={recipient}
          hasWalletBackup={byWallet !== null}
          hasPassphraseBackup={byPassphrase !== null}
          onClose={close}
        />
      )}
      {dialog === "replace" && <ReplaceKeyDialog onClose={close} />}
      <ConfirmDialog
        isOpen={dialog === "forget"}
        title={t.patient.forget}
        confirm={t.patient.forgetConfirm}
        danger={hasNone}
        onConfirm={async () => {
          await client.vault.lock();
          await controller.start();
        }}
        onClose={close}
      >
        <p>{t.patient.forgetText}</p>
        {hasNone && <Callout tone="bad">{t.patient.noBackupWarning}</Callout>}
      </ConfirmDialog>
    </>
  );
}
