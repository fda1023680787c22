/** Asking a patient for access: whom, which part of the record, to do what, how long and what for; then one signature. */
import { useQuery } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import type { RightName } from "../core/typedData/consent.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { ask } from "../node/ask.ts";
import { readPerson } from "../node/readPerson.ts";
import type { Address, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { ActStatus } from "../sharing/ActStatus.tsx";
import { addressIn } from "../sharing/addressText.ts";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import { asksSentence } from "../sharing/grantWords.ts";
import { HowLongField } from "../sharing/HowLongField.tsx";
import { type HowLong, windowOf } from "../sharing/howLong.ts";
import { PersonField } from "../sharing/PersonField.tsx";
import { PurposeField } from "../sharing/PurposeField.tsx";
import { RightsField } from "../sharing/RightsField.tsx";
import { useAct } from "../sharing/useAct.ts";
import { useCategories } from "../sharing/useCategories.ts";
import { useContacts, useProfessionals } from "../sharing/useNames.ts";
import { OwnRequests, useOwnRequests } from "./OwnRequests.tsx";

export function AskPage() {
  const t = useText();
  const search = useRouterState({ select: ({ location }) => location.searchStr });
  const [asked, setAsked] = useState<Address | null>(null);
  const requests = useOwnRequests();
  return (
    <>
      <PageHeader
        title={t.clinician.askTitle}
        text={t.clinician.askText}
        back={{ href: "/patients", label: t.clinician.backToPatients }}
      />
      <div className="stack-l">
        {asked === null ? (
          <AskForm first={firstPatient(search)} onAsked={setAsked} />
        ) : (
          <Card
            tone="accent"
            icon="check"
            title={<span role="status">{t.clinician.askedTitle}</span>}
            footer={
              <>
                <LinkButton variant="primary" href="/patients">
                  {t.clinician.backToPatients}
                </LinkButton>
                <Button onPress={() => setAsked(null)}>{t.clinician.askAnother}</Button>
              </>
            }
          >
            <p>{t.clinician.askedText}</p>
          </Card>
        )}
        {(requests.data?.length ?? 0) > 0 && (
          <Section title={t.clinician.requestsTitle}>
            <OwnRequests />
          </Section>
        )}
      </div>
    </>
  );
}

function AskForm({ first, onAsked }: { readonly first: Address | null; readonly onAsked: (patient: Address) => void }) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const contacts = useContacts();
  const known = useCategories();
  const [patient, setPatient] = useState(first);
  const [categories, setCategories] = useState<readonly string[]>([]);
  const [rights, setRights] = useState<readonly RightName[]>(["READ"]);
  const [howLong, setHowLong] = useState<HowLong>({ kind: "month" });
  const [purpose, setPurpose] = useState<Purpose>("TREAT");
  const act = useAct([queryKeys.ownRequests(client.account)]);
  const person = useQuery({
    queryKey: patient === null ? ["person"] : queryKeys.person(patient),
    queryFn: ({ signal }) => readPerson(client, { address: patient as Address, signal }),
    enabled: patient !== null,
  });
  const isNoPatient = person.data !== undefined && patient !== null && !person.data.roles.includes("patient");
  const window = windowOf(howLong, client.http.now());
  const isRunning = act.step !== null;
  const isReady = patient !== null && !isNoPatient && categories.length > 0 && rights.length > 0 && window !== null;
  // By the name that the directory has, as the patient is told of who asks.
  const called = useProfessionals([client.account]).data?.[0]?.display_name ?? shortAddress(client.account);
  const send = async () => {
    if (!isReady) return;
    // Worked out anew: it begins when it is signed, however long the choosing took.
    const lasts = windowOf(howLong, client.http.now());
    if (lasts === null) return;
    const asked = { patient, categories, rights, purpose, ...lasts };
    if (await act.run((options) => ask(client, { ...asked, ...options }))) onAsked(patient);
  };
  return (
    <Card>
      <form
        className="stack-l"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) void send();
        }}
      >
        <PersonField
          label={t.clinician.askWho}
          hint={t.clinician.askWhoHint}
          options={[...(contacts.data ?? [])].map(([id, label]) => ({ id, label }))}
          value={patient}
          onChange={setPatient}
          error={isNoPatient ? t.clinician.noPatient : null}
        />
        {known.error !== null && <ErrorNotice error={known.error} onRetry={() => void known.refetch()} />}
        <CategoriesField
          label={t.clinician.askWhat}
          codes={(known.data ?? []).map(({ code }) => code)}
          value={categories}
          onChange={setCategories}
        />
        <RightsField label={t.clinician.askRights} value={rights} onChange={setRights} />
        <HowLongField label={t.words.howLong.label} value={howLong} onChange={setHowLong} />
        <PurposeField
          label={t.clinician.askPurpose}
          hint={t.clinician.askPurposeHint}
          value={purpose}
          onChange={setPurpose}
        />
        {isReady && (
          <Callout title={t.clinician.summaryTitle}>
            {asksSentence(t, format, called, { categories, rights, purpose, ...window })}
          </Callout>
        )}
        <ActStatus act={act} />
        <div className="row">
          <Button variant="primary" icon="pen" type="submit" isPending={isRunning} isDisabled={!isReady}>
            {t.clinician.askAction}
          </Button>
          <span className="soft small">{t.clinician.askOneSignature}</span>
        </div>
      </form>
    </Card>
  );
}

/** Who is asked where one comes from a list of patients. */
function firstPatient(search: string): Address | null {
  try {
    return addressIn(new URLSearchParams(search).get("patient") ?? "");
  } catch {
    return null;
  }
}
