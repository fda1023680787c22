/** Opens older entries with the backup of a key that was replaced: the one that this browser keeps, or a file. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isUnderPassphrase } from "../core/identityBackup.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { FileDrop } from "../design/FileDrop.tsx";
import { TextField } from "../design/TextField.tsx";
import { useText } from "../i18n/text.ts";
import { takeUpOlderKey } from "../node/takeUpOlderKey.ts";
import { useClient } from "../session/context.ts";
import { readBackupFile } from "./readBackupFile.ts";

type Props = {
  /** Null: a file is asked for. */
  readonly kept: Uint8Array | null;
  /** Of the key that counts. */
  readonly recipient: string;
  readonly onClose: () => void;
};

export function OlderKeyDialog({ kept, recipient, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [file, setFile] = useState<{ name: string; backup: Uint8Array } | null>(null);
  const [passphrase, setPassphrase] = useState("");
  const [state, setState] = useState<"asking" | "opening" | "done" | "same">("asking");
  const [error, setError] = useState<unknown>(null);
  const backup = kept ?? file?.backup ?? null;
  const needsPassphrase = backup !== null && isUnderPassphrase(backup);
  const isReady = backup !== null && (!needsPassphrase || passphrase !== "");
  const choose = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    setFile({ name: chosen.name, backup: await readBackupFile(chosen) });
    setState("asking");
    setError(null);
  };
  const run = async () => {
    if (backup === null) return;
    setState("opening");
    setError(null);
    try {
      const taken = await takeUpOlderKey(client, { backup, passphrase });
      setState(taken === recipient ? "same" : "done");
      await queries.invalidateQueries({ queryKey: queryKeys.records(client.account, client.account) });
    } catch (thrown) {
      setError(thrown);
      setState("asking");
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.patient.olderKeyTitle}
      isDismissable={state !== "opening"}
      actions={
        <>
          {state !== "done" && (
            <Button variant="primary" isDisabled={!isReady} isPending={state === "opening"} onPress={() => void run()}>
              {t.patient.olderKeyRun}
            </Button>
          )}
          <Button variant="quiet" isDisabled={state === "opening"} onPress={onClose}>
            {t.common.close}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t.patient.olderKeyText}</p>
        {kept === null && (
          <FileDrop
            label={t.session.backupFile}
            multiple={false}
            {...(file === null ? {} : { hint: t.session.fileChosen({ name: file.name }) })}
            onFiles={(files) => void choose(files[0])}
          />
        )}
        {needsPassphrase && (
          <TextField
            label={t.session.passphrase}
            type="password"
            autoComplete="off"
            value={passphrase}
            onChange={setPassphrase}
          />
        )}
        {backup !== null && !needsPassphrase && state !== "done" && <p className="soft">{t.patient.olderKeySigns}</p>}
        {state === "done" && (
          <Callout tone="good" isAlert>
            {t.patient.olderKeyDone}
          </Callout>
        )}
        {state === "same" && <Callout isAlert>{t.patient.olderKeySame}</Callout>}
        {error !== null && <ErrorNotice error={error} />}
      </div>
    </Dialog>
  );
}
