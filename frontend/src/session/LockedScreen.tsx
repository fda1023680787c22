/** Signed in, and the identity is still closed: by wallet, by passphrase, by a file. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { FileDrop } from "../design/FileDrop.tsx";
import { TextField } from "../design/TextField.tsx";
import { useText } from "../i18n/text.ts";
import { replaceIdentity } from "../node/replaceIdentity.ts";
import { unlockWithPassphrase } from "../node/unlockWithPassphrase.ts";
import { useSession } from "./context.ts";
import { Screen } from "./Screen.tsx";
import type { SessionState } from "./state.ts";

type Locked = Extract<SessionState, { phase: "locked" }>;

export function LockedScreen({ state }: { readonly state: Locked }) {
  const t = useText();
  const { controller } = useSession();
  const [byPassphrase, setByPassphrase] = useState(state.way !== "sign");
  if (byPassphrase) {
    return <PassphraseScreen state={state} onWallet={() => setByPassphrase(false)} />;
  }
  return (
    <Screen title={t.session.lockedTitle} text={t.session.lockedText} icon="key">
      {state.error !== null && <ErrorNotice error={state.error} />}
      <div className="row">
        <Button variant="primary" icon="wallet" onPress={() => void controller.unlock()}>
          {t.session.openKey}
        </Button>
        <Button variant="quiet" onPress={() => setByPassphrase(true)}>
          {t.session.usePassphraseInstead}
        </Button>
      </div>
      <SignOut />
    </Screen>
  );
}

function PassphraseScreen({ state, onWallet }: { readonly state: Locked; readonly onWallet: () => void }) {
  const t = useText();
  const { controller } = useSession();
  const [passphrase, setPassphrase] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [replacing, setReplacing] = useState(false);
  const lost = state.way === "lost";
  const open = async () => {
    setPending(true);
    setError(null);
    try {
      const kept = file === null ? {} : { file: new Uint8Array(await file.arrayBuffer()) };
      await unlockWithPassphrase(state.client, { passphrase, ...kept });
      await controller.goOn();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPending(false);
    }
  };
  return (
    <Screen
      title={lost ? t.session.lostTitle : t.session.passphraseTitle}
      text={lost ? t.session.lostText : t.session.passphraseText}
      icon="key"
    >
      {error !== null && <ErrorNotice error={error} />}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void open();
        }}
      >
        <FileDrop
          label={file === null ? t.session.backupFile : t.session.fileChosen({ name: file.name })}
          multiple={false}
          onFiles={(files) => setFile(files[0] ?? null)}
          {...(lost ? {} : { hint: t.common.optional })}
        />
        <TextField
          label={t.session.passphrase}
          type="password"
          autoComplete="current-password"
          value={passphrase}
          onChange={setPassphrase}
        />
        <div className="row">
          <Button
            variant="primary"
            type="submit"
            isPending={pending}
            isDisabled={passphrase === "" || (lost && file === null)}
          >
            {t.session.openPassphrase}
          </Button>
          {state.way === "sign" && (
            <Button variant="quiet" onPress={onWallet}>
              {t.session.useWalletInstead}
            </Button>
          )}
        </div>
      </form>
      {lost && (
        <Button variant="quiet" onPress={() => setReplacing(true)}>
          {t.session.replaceTitle}
        </Button>
      )}
      <SignOut />
      <ConfirmDialog
        isOpen={replacing}
        title={t.session.replaceTitle}
        confirm={t.session.replaceAction}
        danger
        onClose={() => setReplacing(false)}
        onConfirm={async () => {
          await replaceIdentity(state.client);
          await controller.goOn();
        }}
      >
        <p>{t.session.replaceText}</p>
      </ConfirmDialog>
    </Screen>
  );
}

function SignOut() {
  const t = useText();
  const { controller } = useSession();
  return (
    <div>
      <Button variant="quiet" size="s" icon="signOut" onPress={() => void controller.signOut()}>
        {t.session.signOut}
      </Button>
    </div>
  );
}
