/** Makes a person's key: says which signatures come, then shows how far it is. */
import { useState } from "react";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Stepper, type StepState } from "../design/Stepper.tsx";
import { TextField } from "../design/TextField.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { ActStep } from "../node/doAct.ts";
import { useSession } from "./context.ts";
import { Screen } from "./Screen.tsx";

const PASSPHRASE_MIN_CHARS = 16;

type Doing = "idle" | "backup" | ActStep;

type Props = {
  readonly setUp: (options: { onStep: (step: ActStep) => void; passphrase?: string }) => Promise<unknown>;
  readonly onBack: () => void;
};

export function SetUpScreen({ setUp, onBack }: Props) {
  const t = useText();
  const { controller } = useSession();
  const [doing, setDoing] = useState<Doing>("idle");
  const [error, setError] = useState<unknown>(null);
  const [needsPassphrase, setNeedsPassphrase] = useState(false);
  const run = async (passphrase?: string) => {
    setDoing("backup");
    setError(null);
    try {
      await setUp({ onStep: setDoing, ...(passphrase === undefined ? {} : { passphrase }) });
      await controller.goOn();
    } catch (thrown) {
      if (isCode(thrown, "refused.non_repeating_signature")) setNeedsPassphrase(true);
      else setError(thrown);
      setDoing("idle");
    }
  };
  const running = doing !== "idle";
  return (
    <Screen title={t.session.setUpTitle} text={t.session.setUpText} icon="key">
      <Stepper
        label={t.session.setUpTitle}
        steps={[
          {
            id: "backup",
            title: t.session.setUpStepBackup,
            text: t.session.setUpStepBackupText,
            state: stateOf(doing, ["backup", "prepare"]),
          },
          {
            id: "enrol",
            title: t.session.setUpStepEnrol,
            text: t.session.setUpStepEnrolText,
            state: stateOf(doing, ["sign"]),
          },
          { id: "done", title: t.session.setUpStepDone, state: stateOf(doing, ["sent"]) },
        ]}
      />
      {error !== null && <ErrorNotice error={error} />}
      {needsPassphrase ? (
        <PassphraseForm pending={running} onSubmit={(passphrase) => void run(passphrase)} />
      ) : (
        <div className="row">
          <Button variant="primary" isPending={running} onPress={() => void run()}>
            {error === null ? t.session.setUpAction : t.session.setUpAgain}
          </Button>
          <Button variant="quiet" isDisabled={running} onPress={onBack}>
            {t.session.back}
          </Button>
        </div>
      )}
    </Screen>
  );
}

const ORDER: readonly Doing[] = ["idle", "backup", "prepare", "sign", "sent", "mined"];

function stateOf(doing: Doing, steps: readonly Doing[]): StepState {
  if (steps.includes(doing)) return "running";
  const last = Math.max(...steps.map((step) => ORDER.indexOf(step)));
  return ORDER.indexOf(doing) > last ? "done" : "waiting";
}

function PassphraseForm(props: { readonly pending: boolean; readonly onSubmit: (passphrase: string) => void }) {
  const t = useText();
  const format = useFormat();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const short = [...first].length < PASSPHRASE_MIN_CHARS;
  const hint = t.session.passphraseShort({ count: format.number(PASSPHRASE_MIN_CHARS) });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!short && first === second) props.onSubmit(first);
      }}
    >
      <Callout tone="caution" title={t.session.nonRepeatingTitle}>
        {t.session.nonRepeatingText}
      </Callout>
      <TextField
        label={t.session.passphrase}
        hint={hint}
        type="password"
        autoComplete="new-password"
        value={first}
        onChange={setFirst}
      />
      <TextField
        label={t.session.passphraseAgain}
        type="password"
        autoComplete="new-password"
        value={second}
        onChange={setSecond}
        error={second !== "" && first !== second ? t.session.passphrasesDiffer : null}
      />
      <div>
        <Button variant="primary" type="submit" isPending={props.pending} isDisabled={short || first !== second}>
          {t.session.setUpAction}
        </Button>
      </div>
    </form>
  );
}
