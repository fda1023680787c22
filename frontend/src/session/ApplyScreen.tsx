/** A clinician's way in: applies at an institution, waits for two yeses, makes the key. */
import type { UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { CopyButton } from "../design/CopyButton.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Stepper, type StepState } from "../design/Stepper.tsx";
import { useText } from "../i18n/text.ts";
import type { Application } from "../node/applications.ts";
import { setUpClinician } from "../node/setUpClinician.ts";
import type { Client } from "../node/types.ts";
import { ApplyForm } from "./ApplyForm.tsx";
import { Screen } from "./Screen.tsx";
import { SetUpScreen } from "./SetUpScreen.tsx";

type Props = {
  readonly client: Client;
  readonly applications: UseQueryResult<readonly Application[]>;
  readonly onBack: () => void;
};

export function ApplyScreen({ client, applications, onBack }: Props) {
  const t = useText();
  const [again, setAgain] = useState(false);
  const [making, setMaking] = useState(false);
  const [saltHex, setSaltHex] = useState<string | null>(null);
  const all = applications.data ?? [];
  const latest = all.find((one) => one.state === "signed") ?? all[0] ?? null;
  if (making && latest !== null) {
    return (
      <SetUpScreen
        onBack={() => setMaking(false)}
        setUp={(options) => setUpClinician(client, { application: latest, ...options })}
      />
    );
  }
  if (latest === null || again) {
    return (
      <ApplyForm
        client={client}
        onBack={onBack}
        onApplied={(salt) => {
          setSaltHex(salt);
          setAgain(false);
          void applications.refetch();
        }}
      />
    );
  }
  return (
    <Screen title={t.session.applicationTitle} text={t.session.applicationState[latest.state]} icon="inbox">
      {applications.error !== null && <ErrorNotice error={applications.error} />}
      {latest.state === "declined" && latest.reason !== null && (
        <Callout tone="caution">{t.session.applicationReason({ reason: latest.reason })}</Callout>
      )}
      <Stepper label={t.session.applicationTitle} steps={stepsOf(latest.state, t.session.applicationSteps)} />
      {saltHex !== null && (
        <Callout tone="caution" title={t.session.licenceSaltTitle} action={<CopyButton text={saltHex} />}>
          <p>{t.session.licenceSaltText}</p>
          <code>{saltHex}</code>
        </Callout>
      )}
      <div className="row">
        {latest.state === "signed" && (
          <Button variant="primary" icon="key" onPress={() => setMaking(true)}>
            {t.session.setUpAction}
          </Button>
        )}
        {latest.state === "declined" && (
          <Button variant="primary" onPress={() => setAgain(true)}>
            {t.session.applyAgain}
          </Button>
        )}
        {(latest.state === "waiting" || latest.state === "confirmed") && (
          <Button icon="refresh" isPending={applications.isFetching} onPress={() => void applications.refetch()}>
            {t.session.lookAgain}
          </Button>
        )}
        <Button variant="quiet" onPress={onBack}>
          {t.session.back}
        </Button>
      </div>
    </Screen>
  );
}

type StepWords = { readonly sent: string; readonly confirmed: string; readonly signed: string; readonly key: string };

function stepsOf(state: Application["state"], words: StepWords) {
  const came = { waiting: 1, confirmed: 2, signed: 3, declined: 1 }[state];
  const of = (at: number): StepState => {
    if (at < came) return "done";
    if (at > came) return "waiting";
    return state === "declined" ? "failed" : state === "signed" ? "waiting" : "running";
  };
  return [
    { id: "sent", title: words.sent, state: of(0) },
    { id: "confirmed", title: words.confirmed, state: of(1) },
    { id: "signed", title: words.signed, state: of(2) },
    { id: "key", title: words.key, state: of(3) },
  ];
}
