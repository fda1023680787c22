/** An institution sees whose credential names it, in which state each is, and suspends or ends one where it has to. */
import { useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useText } from "../i18n/text.ts";
import { listStaff } from "../node/listProfessionals.ts";
import { useClient } from "../session/context.ts";
import { CredentialTable } from "./CredentialTable.tsx";
import { ofStaff } from "./credential.ts";
import "./institution.css";

export function StaffPage() {
  const t = useText();
  const client = useClient();
  const staff = useQuery({
    queryKey: queryKeys.staff(client.account),
    queryFn: ({ signal }) => listStaff(client, { institution: client.account, signal }),
  });
  const words = t.institution.staff;
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <div className="sections">
        {staff.error !== null && <ErrorNotice error={staff.error} onRetry={() => void staff.refetch()} />}
        {staff.isPending && <Skeleton lines={4} />}
        {staff.data !== undefined && (
          <CredentialTable
            label={words.title}
            as="institution"
            rows={staff.data.map((one) => ofStaff(one, client.account))}
            empty={
              <EmptyState
                icon="people"
                title={words.empty}
                action={<LinkButton href="/institution/requests">{words.seeRequests}</LinkButton>}
              >
                {words.emptyText}
              </EmptyState>
            }
          />
        )}
      </div>
    </>
  );
}
