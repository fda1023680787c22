/** An account that the directory does not know: patient or clinician, and what each has to do first. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { ChoiceCards } from "../design/RadioGroup.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useText } from "../i18n/text.ts";
import { listOwnApplications } from "../node/applications.ts";
import { setUpIdentity } from "../node/setUpIdentity.ts";
import { ApplyScreen } from "./ApplyScreen.tsx";
import { useSession } from "./context.ts";
import { Screen } from "./Screen.tsx";
import { SetUpScreen } from "./SetUpScreen.tsx";
import type { SessionState } from "./state.ts";

type Choice = "patient" | "clinician";

export function NewScreen({ state }: { readonly state: Extract<SessionState, { phase: "new" }> }) {
  const t = useText();
  const { controller } = useSession();
  const { client, me } = state;
  const [picked, setPicked] = useState<Choice>("patient");
  const [chosen, setChosen] = useState<Choice | null>(me.roles.includes("patient") ? "patient" : null);
  const applications = useQuery({
    queryKey: queryKeys.ownApplications(client.account),
    queryFn: ({ signal }) => listOwnApplications(client, { signal }),
  });
  if (applications.isPending) return <Spinner wide />;
  // Who applied before goes on where they were.
  const way = chosen ?? ((applications.data ?? []).length > 0 ? "clinician" : null);
  if (way === "patient") {
    return <SetUpScreen onBack={() => setChosen(null)} setUp={(options) => setUpIdentity(client, options)} />;
  }
  if (way === "clinician") {
    return <ApplyScreen client={client} applications={applications} onBack={() => setChosen(null)} />;
  }
  return (
    <Screen title={t.session.newTitle} text={t.session.newText} icon="heart">
      <ChoiceCards
        label={t.session.newText}
        labelHidden
        value={picked}
        onChange={setPicked}
        options={[
          { id: "patient", label: t.session.iAmPatient, hint: t.session.iAmPatientHint, icon: "person" },
          { id: "clinician", label: t.session.iAmClinician, hint: t.session.iAmClinicianHint, icon: "hospital" },
        ]}
      />
      <div className="row">
        <Button variant="primary" onPress={() => setChosen(picked)}>
          {t.common.next}
        </Button>
        <Button variant="quiet" onPress={() => void controller.signOut()}>
          {t.session.signOut}
        </Button>
      </div>
    </Screen>
  );
}
