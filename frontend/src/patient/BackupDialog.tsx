/** Makes a passphrase backup: a file, and a copy here. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { saveFile } from "../design/saveFile.ts";
import { useText } from "../i18n/text.ts";
import { useClient } from "../session/context.ts";
import { makePassphraseBackup } from "./makeBackup.ts";
import { PassphraseFields } from "./PassphraseFields.tsx";

export function BackupDialog({ recipient, onClose }: { readonly recipient: string; readonly onClose: () => void }) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [passphrase, setPassphrase] = useState<string | null>(null);
  const [keepHere, setKeepHere] = useState(true);
  const [state, setState] = useState<"asking" | "making" | "made">("asking");
  const [error, setError] = useState<unknown>(null);
  const make = async () => {
    if (passphrase === null) return;
    setState("making");
    setError(null);
    try {
      const backup = await makePassphraseBackup(client, { passphrase, recipient, keepHere });
      saveFile(t.patient.backupFileName, backup as BlobPart);
      setState("made");
      await queries.invalidateQueries({ queryKey: queryKeys.safe(client.account) });
    } catch (thrown) {
      setError(thrown);
      setState("asking");
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.patient.backupTitle}
      isDismissable={state !== "making"}
      actions={
        state === "made" ? (
          <Button variant="primary" onPress={onClose}>
            {t.common.done}
          </Button>
        ) : (
          <>
            <Button
              variant="primary"
              icon="download"
              isDisabled={passphrase === null}
              isPending={state === "making"}
              onPress={() => void make()}
            >
              {t.patient.backupMake}
            </Button>
            <Button variant="quiet" isDisabled={state === "making"} onPress={onClose}>
              {t.common.cancel}
            </Button>
          </>
        )
      }
    >
      {state === "made" ? (
        <Callout tone="good" title={t.patient.backupDone} isAlert>
          {t.patient.backupDoneText}
        </Callout>
      ) : (
        <div className="stack">
          <div className="stack" inert={state === "making"}>
            <p>{t.patient.backupText}</p>
            <PassphraseFields onChange={setPassphrase} />
            <Checkbox isSelected={keepHere} onChange={setKeepHere} hint={t.patient.backupKeepHereHint}>
              {t.patient.backupKeepHere}
            </Checkbox>
            <p className="soft">{t.patient.backupSignature}</p>
          </div>
          {state === "making" && <Spinner label={t.patient.backupMaking} />}
          {error !== null && <ErrorNotice error={error} />}
        </div>
      )}
    </Dialog>
  );
}
