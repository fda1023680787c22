/** A licensing board signs the credentials that institutions confirmed, and suspends, lifts, ends and renews those it signed. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Section } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useText } from "../i18n/text.ts";
import { type Application, listApplications } from "../node/applications.ts";
import { listAllProfessionals } from "../node/listProfessionals.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { CredentialTable } from "./CredentialTable.tsx";
import { type Listed, vouchedFor } from "./credential.ts";
import { DeclineDialog } from "./DeclineDialog.tsx";
import { SignDialog } from "./SignDialog.tsx";
import { ToSignCard } from "./ToSignCard.tsx";
import { useApplicationsChanged } from "./useApplications.ts";
import "./institution.css";

const EVERY_MS = 30_000;

type Doing =
  | { readonly what: "sign" | "decline"; readonly application: Application }
  | { readonly what: "renew"; readonly one: Listed };

export function VerifierPage() {
  const t = useText();
  const client = useClient();
  const changed = useApplicationsChanged();
  const [doing, setDoing] = useState<Doing | null>(null);
  const directory = useQuery({
    queryKey: queryKeys.directory(),
    queryFn: ({ signal }) => listAllProfessionals(client, { signal }),
  });
  const professionals = directory.data ?? [];
  const institutions = professionals.filter((one) => one.roles.includes("institution"));
  const lists = useQueries({
    queries: institutions.map((one) => ({
      queryKey: queryKeys.applications(one.address as Address),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        listApplications(client, { institution: one.address as Address, signal }),
      refetchInterval: EVERY_MS,
    })),
  });
  const applications = lists.flatMap((one) => one.data ?? []);
  const confirmed = applications.filter((one) => one.state === "confirmed");
  const waiting = applications.filter((one) => one.state === "waiting").length;
  const vouched = professionals.flatMap((one) => vouchedFor(one, client.account) ?? []);
  const failed = directory.error ?? lists.find((one) => one.error !== null)?.error ?? null;
  const isPending = directory.isPending || lists.some((one) => one.isPending);
  const nameOf = (address: string) => institutions.find((one) => one.address === address)?.display_name ?? null;
  const isClinician = (address: string) =>
    professionals.some((one) => one.address === address && one.roles.includes("clinician"));
  const words = t.institution.verifier;
  const close = () => setDoing(null);
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <div className="sections">
        {failed !== null && (
          <ErrorNotice
            error={failed}
            onRetry={() => {
              void directory.refetch();
              void changed();
            }}
          />
        )}
        <Section title={words.toSign}>
          {isPending && failed === null && <Skeleton lines={4} />}
          {!isPending && confirmed.length === 0 && (
            <EmptyState icon="pen" title={words.toSignEmpty}>
              {words.toSignEmptyText}
            </EmptyState>
          )}
          {confirmed.length > 0 && (
            <ul className="plain-list">
              {confirmed.map((one) => (
                <li key={one.application_id}>
                  <ToSignCard
                    application={one}
                    institutionName={nameOf(one.institution)}
                    onSign={() => setDoing({ what: "sign", application: one })}
                    onDecline={() => setDoing({ what: "decline", application: one })}
                  />
                </li>
              ))}
            </ul>
          )}
          {waiting > 0 && <p className="soft">{words.stillWaiting({ count: String(waiting) })}</p>}
        </Section>
        {directory.data !== undefined && (
          <Section title={words.vouched} text={words.vouchedText}>
            <CredentialTable
              label={words.vouched}
              as="verifier"
              rows={vouched}
              onRenew={(one) => setDoing({ what: "renew", one })}
              empty={
                <EmptyState icon="people" title={words.vouchedEmpty}>
                  {words.vouchedEmptyText}
                </EmptyState>
              }
            />
          </Section>
        )}
      </div>
      {doing?.what === "decline" && <DeclineDialog application={doing.application} onClose={close} />}
      {doing?.what === "sign" && (
        <SignDialog
          clinician={doing.application.applicant as Address}
          name={doing.application.display_name}
          institution={doing.application.institution as Address}
          institutionName={nameOf(doing.application.institution)}
          licenceCommitmentHex={doing.application.licence_commitment_hex}
          application={doing.application}
          putsIntoEffect={isClinician(doing.application.applicant)}
          onClose={close}
        />
      )}
      {doing?.what === "renew" && doing.one.institution !== null && (
        <SignDialog
          clinician={doing.one.address as Address}
          name={doing.one.name}
          institution={doing.one.institution as Address}
          institutionName={doing.one.institutionName}
          licenceCommitmentHex={markOf(applications, doing.one)}
          application={null}
          putsIntoEffect
          onClose={close}
        />
      )}
    </>
  );
}

/** The newest mark that the clinician handed in and that was confirmed; null where this node knows none. */
function markOf(applications: readonly Application[], one: Listed): string | null {
  const own = applications.filter(
    (other) => other.applicant === one.address && (other.state === "signed" || other.state === "confirmed"),
  );
  own.sort((a, b) => b.created_at - a.created_at);
  return own[0]?.licence_commitment_hex ?? null;
}
