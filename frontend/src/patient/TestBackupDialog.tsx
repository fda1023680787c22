/** Opens a backup on this device and compares it with the registered key. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { FileDrop } from "../design/FileDrop.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { TextField } from "../design/TextField.tsx";
import { useText } from "../i18n/text.ts";
import { useClient } from "../session/context.ts";
import { openWithPassphrase, openWithWallet } from "./makeBackup.ts";
import { readBackupFile } from "./readBackupFile.ts";

type Which = "wallet" | "kept" | "file";

type Props = {
  readonly recipient: string;
  readonly hasWalletBackup: boolean;
  readonly hasPassphraseBackup: boolean;
  readonly onClose: () => void;
};

export function TestBackupDialog({ recipient, hasWalletBackup, hasPassphraseBackup, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const [which, setWhich] = useState<Which>(hasPassphraseBackup ? "kept" : hasWalletBackup ? "wallet" : "file");
  const [passphrase, setPassphrase] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [state, setState] = useState<"asking" | "testing" | "good">("asking");
  const [error, setError] = useState<unknown>(null);
  const isReady = which === "wallet" || (passphrase !== "" && (which === "kept" || file !== null));
  const test = async () => {
    setState("testing");
    setError(null);
    try {
      if (which === "wallet") await openWithWallet(client, recipient);
      else if (which === "kept") await openWithPassphrase(client, passphrase, null);
      else if (file !== null) {
        await openWithPassphrase(client, passphrase, await readBackupFile(file));
      }
      setState("good");
    } catch (thrown) {
      setError(thrown);
      setState("asking");
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.patient.testTitle}
      isDismissable={state !== "testing"}
      actions={
        <>
          <Button variant="primary" isDisabled={!isReady} isPending={state === "testing"} onPress={() => void test()}>
            {t.patient.testRun}
          </Button>
          <Button variant="quiet" isDisabled={state === "testing"} onPress={onClose}>
            {t.common.close}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t.patient.testText}</p>
        <RadioGroup
          label={t.patient.testWhich}
          options={[
            { id: "kept" as const, label: t.patient.testKept, disabled: !hasPassphraseBackup },
            { id: "file" as const, label: t.patient.testFile },
            { id: "wallet" as const, label: t.patient.testWallet, disabled: !hasWalletBackup },
          ]}
          value={which}
          onChange={(chosen) => {
            setWhich(chosen);
            setState("asking");
          }}
        />
        {which === "file" && (
          <FileDrop
            label={t.session.backupFile}
            {...(file === null ? {} : { hint: t.session.fileChosen({ name: file.name }) })}
            onFiles={(files) => setFile(files[0] ?? null)}
          />
        )}
        {which !== "wallet" && (
          <TextField
            label={t.session.passphrase}
            type="password"
            autoComplete="off"
            value={passphrase}
            onChange={setPassphrase}
          />
        )}
        {state === "testing" && <Spinner label={t.patient.testRunning} />}
        {state === "good" && (
          <Callout tone="good" isAlert>
            {t.patient.testGood}
          </Callout>
        )}
        {error !== null && <ErrorNotice error={error} />}
      </div>
    </Dialog>
  );
}
