/** An institution says who of those that applied works for it, and who does not. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { DataList } from "../design/DataList.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { TimeAgo } from "../design/Times.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { type Application, decideApplication } from "../node/applications.ts";
import { useClient } from "../session/context.ts";
import { ApplicationsTable } from "./ApplicationsTable.tsx";
import { DeclineDialog } from "./DeclineDialog.tsx";
import { useApplications, useApplicationsChanged } from "./useApplications.ts";
import "./institution.css";

type Doing = { readonly what: "confirm" | "decline"; readonly application: Application };

export function RequestsPage() {
  const t = useText();
  const client = useClient();
  const requests = useApplications(client.account);
  const changed = useApplicationsChanged();
  const [doing, setDoing] = useState<Doing | null>(null);
  const words = t.institution.requests;
  const waiting = requests.data?.filter((one) => one.state === "waiting") ?? [];
  const decided = requests.data?.filter((one) => one.state !== "waiting") ?? [];
  const confirm = async (application: Application) => {
    try {
      await decideApplication(client, { applicationId: application.application_id, decision: "confirm" });
      showToast({ title: words.confirmed({ name: application.display_name }) });
    } finally {
      await changed();
    }
  };
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <div className="sections">
        {requests.error !== null && <ErrorNotice error={requests.error} onRetry={() => void requests.refetch()} />}
        {requests.isPending && <Skeleton lines={4} />}
        {requests.data !== undefined && (
          <Section title={words.waiting}>
            {waiting.length === 0 ? (
              <EmptyState icon="inbox" title={words.empty}>
                {words.emptyText}
              </EmptyState>
            ) : (
              <ul className="plain-list">
                {waiting.map((one) => (
                  <li key={one.application_id}>
                    <RequestCard application={one} onDo={(what) => setDoing({ what, application: one })} />
                  </li>
                ))}
              </ul>
            )}
          </Section>
        )}
        {decided.length > 0 && (
          <Section title={words.decided}>
            <ApplicationsTable label={words.decided} rows={decided} />
          </Section>
        )}
      </div>
      {doing?.what === "confirm" && (
        <ConfirmDialog
          isOpen
          title={words.confirmTitle({ name: doing.application.display_name })}
          confirm={words.confirm}
          onConfirm={() => confirm(doing.application)}
          onClose={() => setDoing(null)}
        >
          <div className="stack">
            <PersonName address={doing.application.applicant} name={doing.application.display_name} avatar copy />
            <DataList
              items={[{ term: words.account, value: <code>{doing.application.applicant}</code> }]}
              layout="columns"
            />
            <p>{words.confirmText}</p>
            <p className="soft">{words.confirmNext}</p>
          </div>
        </ConfirmDialog>
      )}
      {doing?.what === "decline" && <DeclineDialog application={doing.application} onClose={() => setDoing(null)} />}
    </>
  );
}

type CardProps = { readonly application: Application; readonly onDo: (what: Doing["what"]) => void };

function RequestCard({ application, onDo }: CardProps) {
  const t = useText();
  const words = t.institution.requests;
  const name = application.display_name;
  return (
    <Card>
      <div className="row-spread">
        <PersonName address={application.applicant} name={name} avatar copy />
        <span className="soft">
          <TimeAgo at={application.created_at} />
        </span>
      </div>
      <div className="row">
        <Button variant="primary" icon="check" aria-label={`${words.confirm}: ${name}`} onPress={() => onDo("confirm")}>
          {words.confirm}
        </Button>
        <Button aria-label={`${words.decline}: ${name}`} onPress={() => onDo("decline")}>
          {words.decline}
        </Button>
      </div>
    </Card>
  );
}
