/** What I asked patients for, and what became of it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { Table } from "../design/Table.tsx";
import { TimeAgo, Until } from "../design/Times.tsx";
import type { AccessRequestAnswered } from "../generated/api/types.gen.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { listOwnRequests } from "../node/listOwnRequests.ts";
import { withdrawRequest } from "../node/withdrawRequest.ts";
import { categoryName } from "../record/categories.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { useNames } from "../sharing/useNames.ts";

const TONES: Readonly<Record<AccessRequestAnswered["state"], Tone>> = {
  pending: "accent",
  approved: "good",
  declined: "bad",
  withdrawn: "neutral",
};
const LOOK_AGAIN_MS = 15_000;
const NOBODY: readonly string[] = [];

export function useOwnRequests() {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.ownRequests(client.account),
    queryFn: ({ signal }) => listOwnRequests(client, { signal }),
    // Nobody tells a clinician of an answer: while one is waited for, it is looked for.
    refetchInterval: (query) => (query.state.data?.some(({ state }) => state === "pending") ? LOOK_AGAIN_MS : false),
  });
}

export function OwnRequests() {
  const t = useText();
  const format = useFormat();
  const requests = useOwnRequests();
  const { nameOf } = useNames(NOBODY);
  const [withdrawing, setWithdrawing] = useState<AccessRequestAnswered | null>(null);
  if (requests.error !== null) {
    return <ErrorNotice error={requests.error} onRetry={() => void requests.refetch()} />;
  }
  if (requests.data === undefined) return <Skeleton />;
  const words = (one: AccessRequestAnswered) => ({
    rights: format.list(one.rights.map((right) => t.words.rights[right])),
    categories: format.list(one.category_codes.map((code) => categoryName(t, code))),
  });
  return (
    <>
      <Table
        label={t.clinician.requestsTitle}
        rows={requests.data.toReversed()}
        rowKey={({ request_id_hex }) => request_id_hex}
        columns={[
          {
            id: "patient",
            title: t.clinician.patient,
            cell: ({ patient }) => <PersonName address={patient} name={nameOf(patient)} />,
          },
          {
            id: "what",
            title: t.clinician.asked,
            wide: true,
            cell: (one) => (
              <div className="stack-s">
                <span>
                  {words(one).rights}: {words(one).categories}
                </span>
                <span className="soft small">
                  <Until at={one.until_at} />
                  {" · "}
                  {(t.words.purposes as Readonly<Record<string, string>>)[one.purpose] ?? one.purpose}
                </span>
              </div>
            ),
          },
          { id: "when", title: t.clinician.askedWhen, cell: ({ asked_at }) => <TimeAgo at={asked_at} /> },
          {
            id: "state",
            title: t.clinician.state,
            cell: ({ state }) => (
              <StatusPill tone={TONES[state]} {...(state === "pending" ? { icon: "clock" as const } : {})}>
                {t.clinician.requestStates[state]}
              </StatusPill>
            ),
          },
          {
            id: "act",
            title: t.clinician.withdraw,
            titleHidden: true,
            cell: (one) =>
              one.state === "pending" && (
                <Button size="s" variant="quiet" onPress={() => setWithdrawing(one)}>
                  {t.clinician.withdraw}
                </Button>
              ),
          },
        ]}
        empty={
          <EmptyState
            icon="inbox"
            title={t.clinician.noRequestsTitle}
            action={<LinkButton href="/ask">{t.common.nav.ask}</LinkButton>}
          >
            {t.clinician.noRequestsText}
          </EmptyState>
        }
      />
      {withdrawing !== null && (
        <WithdrawDialog
          request={withdrawing}
          called={nameOf(withdrawing.patient) ?? shortAddress(withdrawing.patient)}
          onClose={() => setWithdrawing(null)}
        />
      )}
    </>
  );
}

type DialogProps = {
  readonly request: AccessRequestAnswered;
  readonly called: string;
  readonly onClose: () => void;
};

function WithdrawDialog({ request, called, onClose }: DialogProps) {
  const t = useText();
  const client = useClient();
  return (
    <ActDialog
      role="alertdialog"
      title={t.clinician.withdrawTitle({ name: called })}
      confirm={t.clinician.withdrawAction}
      terms={null}
      run={(options) => withdrawRequest(client, { request, ...options })}
      done={t.clinician.withdrawn}
      invalidates={[queryKeys.ownRequests(client.account)]}
      onClose={onClose}
    >
      <p>{t.clinician.withdrawText}</p>
    </ActDialog>
  );
}
