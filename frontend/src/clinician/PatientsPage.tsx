/** A clinician's first page: who shares with them and until when, the way to each record, and what they asked for. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { Section } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { SearchField } from "../design/SearchField.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { listGrantsHeld } from "../node/listGrantsHeld.ts";
import { listGrantsPassedOn } from "../node/listGrantsPassedOn.ts";
import { categoryName } from "../record/categories.ts";
import { useClient } from "../session/context.ts";
import { useContacts, useNames } from "../sharing/useNames.ts";
import { UploadNotices } from "../upload/UploadNotices.tsx";
import { gatherHeld, type SharingPatient, searchPatients } from "./held.ts";
import { NameDialog } from "./NameDialog.tsx";
import { OwnRequests } from "./OwnRequests.tsx";
import { PassedOnList } from "./PassedOnList.tsx";
import { PassOnDialog } from "./PassOnDialog.tsx";
import { type PatientAct, PatientCard } from "./PatientCard.tsx";
import { gatherPassedOn, type PassedOn } from "./passedOn.ts";
import { RenounceDialog } from "./RenounceDialog.tsx";
import { ShareLine } from "./ShareLine.tsx";
import { TakeBackDialog } from "./TakeBackDialog.tsx";
import "./PatientsPage.css";

/** Fewer are seen at a glance. */
const SEARCHED_FROM = 4;

export function PatientsPage() {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const [typed, setTyped] = useState("");
  const [doing, setDoing] = useState<{ act: PatientAct; sharing: SharingPatient } | null>(null);
  const [takingBack, setTakingBack] = useState<PassedOn | null>(null);
  const held = useQuery({
    queryKey: queryKeys.grantsHeld(client.account),
    queryFn: ({ signal }) => listGrantsHeld(client, { signal }),
    refetchInterval: 60_000,
  });
  const given = useQuery({
    queryKey: queryKeys.grantsPassedOn(client.account),
    queryFn: ({ signal }) => listGrantsPassedOn(client, { signal }),
    refetchInterval: 60_000,
  });
  const passedOn = gatherPassedOn(given.data ?? [], client.http.now());
  const patients = gatherHeld(held.data ?? []);
  const delegators = patients.flatMap(({ open, ended }) =>
    [...open, ...ended].flatMap(({ delegator }) => (delegator === null ? [] : [delegator])),
  );
  const { nameOf } = useNames([...delegators, ...passedOn.map(({ grantee }) => grantee)]);
  const { error: namesError } = useContacts();
  const called = (address: string) => nameOf(address) ?? shortAddress(address);
  const wordsOf = (one: SharingPatient) =>
    [
      nameOf(one.patient) ?? "",
      ...one.open.flatMap(({ categories }) => categories.map((code) => categoryName(t, code))),
    ].join(" ");
  const found = searchPatients(patients, useDeferredValue(typed), wordsOf);
  const open = found.filter((one) => one.open.length > 0);
  const ended = found.filter((one) => one.open.length === 0);
  const hasAny = patients.some((one) => one.open.length > 0);
  const close = () => {
    setDoing(null);
    setTakingBack(null);
  };
  return (
    <>
      <PageHeader
        title={t.clinician.patientsTitle}
        text={t.clinician.patientsText}
        actions={
          <LinkButton icon="inbox" href="/ask">
            {t.common.nav.ask}
          </LinkButton>
        }
      />
      <div className="stack-l">
        <UploadNotices />
        {held.error !== null && <ErrorNotice error={held.error} onRetry={() => void held.refetch()} />}
        {given.error !== null && <ErrorNotice error={given.error} onRetry={() => void given.refetch()} />}
        {isCode(namesError, "verification") && <ErrorNotice error={namesError} />}
        {held.isPending && <Skeleton lines={5} />}
        {patients.length >= SEARCHED_FROM && (
          <SearchField label={t.clinician.search} value={typed} onChange={setTyped} />
        )}
        {held.data !== undefined && !hasAny && (
          <EmptyState
            icon="people"
            title={t.clinician.nobodyTitle}
            action={
              <LinkButton variant="primary" href="/ask">
                {t.common.nav.ask}
              </LinkButton>
            }
          >
            {t.clinician.nobodyText}
          </EmptyState>
        )}
        {hasAny && open.length === 0 && typed !== "" && (
          <EmptyState icon="search" title={t.common.nothingFound}>
            {t.clinician.nobodyFits}
          </EmptyState>
        )}
        {open.length > 0 && (
          <Section title={t.clinician.sharingTitle({ count: format.number(open.length) })}>
            <div className="grid-2">
              {open.map((sharing) => (
                <PatientCard
                  key={sharing.patient}
                  sharing={sharing}
                  nameOf={nameOf}
                  onAct={(act, of) => setDoing({ act, sharing: of })}
                  passedOn={passedOn.filter(({ patient }) => patient === sharing.patient)}
                  onTakeBack={setTakingBack}
                />
              ))}
            </div>
          </Section>
        )}
        {ended.length > 0 && (
          <Disclosure title={t.clinician.endedTitle({ count: format.number(ended.length) })} level={2}>
            <ul className="ended-patients">
              {ended.map((one) => (
                <li key={one.patient} className="stack-s">
                  <PersonName address={one.patient} name={nameOf(one.patient)} copy />
                  {one.ended.map((share) => (
                    <ShareLine key={share.key} share={share} nameOf={called} />
                  ))}
                  <PassedOnList
                    called={called(one.patient)}
                    all={passedOn.filter(({ patient }) => patient === one.patient)}
                    nameOf={nameOf}
                    onTakeBack={setTakingBack}
                  />
                  <div>
                    <LinkButton size="s" href={`/ask?patient=${one.patient}`}>
                      {t.clinician.askAgain}
                    </LinkButton>
                  </div>
                </li>
              ))}
            </ul>
          </Disclosure>
        )}
        <Section title={t.clinician.requestsTitle} text={t.clinician.requestsText}>
          <OwnRequests />
        </Section>
      </div>
      {doing?.act === "name" && (
        <NameDialog address={doing.sharing.patient} name={nameOf(doing.sharing.patient)} onClose={close} />
      )}
      {doing?.act === "pass_on" && (
        <PassOnDialog sharing={doing.sharing} called={called(doing.sharing.patient)} onClose={close} />
      )}
      {doing?.act === "renounce" && (
        <RenounceDialog sharing={doing.sharing} called={called(doing.sharing.patient)} onClose={close} />
      )}
      {takingBack !== null && <TakeBackDialog passed={takingBack} name={nameOf(takingBack.grantee)} onClose={close} />}
    </>
  );
}
