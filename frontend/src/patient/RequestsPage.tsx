/** Here a patient answers those who ask to see the record: yes, yes to less of it, or no. */
import { Disclosure } from "../design/Disclosure.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { Table } from "../design/Table.tsx";
import { When } from "../design/Times.tsx";
import type { AccessRequestAnswered } from "../generated/api/types.gen.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { RequestCard } from "./RequestCard.tsx";
import { useAccessRequests, useLiveRecord } from "./useOwnRecord.ts";
import { type People, usePeople } from "./usePeople.ts";

const TONES: Readonly<Record<AccessRequestAnswered["state"], Tone>> = {
  pending: "accent",
  approved: "good",
  declined: "bad",
  withdrawn: "neutral",
};

export function RequestsPage() {
  const t = useText();
  const format = useFormat();
  useLiveRecord();
  const requests = useAccessRequests();
  const all = requests.data ?? [];
  const people = usePeople(all.map(({ requester }) => requester));
  const waiting = all.filter(({ state }) => state === "pending");
  const answered = all.filter(({ state }) => state !== "pending").toReversed();
  return (
    <>
      <PageHeader title={t.sharing.requestsTitle} text={t.sharing.requestsText} />
      <div className="stack-l">
        {requests.isPending && <Skeleton lines={5} />}
        {requests.isError && <ErrorNotice error={requests.error} onRetry={() => void requests.refetch()} />}
        {requests.isSuccess && waiting.length === 0 && (
          <EmptyState icon="inbox" title={t.sharing.noRequestsTitle}>
            {t.sharing.noRequestsText}
          </EmptyState>
        )}
        {waiting.length > 0 && (
          <div className="stack">
            {waiting.map((request) => (
              <RequestCard key={request.request_id_hex} request={request} people={people} />
            ))}
          </div>
        )}
        {answered.length > 0 && (
          <Disclosure title={t.sharing.answered({ count: format.number(answered.length) })} level={2}>
            <AnsweredRequests requests={answered} people={people} />
          </Disclosure>
        )}
      </div>
    </>
  );
}

type AnsweredProps = { readonly requests: readonly AccessRequestAnswered[]; readonly people: People };

function AnsweredRequests({ requests, people }: AnsweredProps) {
  const t = useText();
  const { columns } = t.patient;
  return (
    <Table
      label={t.sharing.requestsTitle}
      rows={requests}
      rowKey={(request) => request.request_id_hex}
      columns={[
        {
          id: "who",
          title: columns.who,
          cell: ({ requester }) => <PersonName address={requester} name={people.name(requester)} />,
        },
        {
          id: "what",
          title: columns.what,
          wide: true,
          cell: ({ category_codes }) => category_codes.map((code) => categoryName(t, code)).join(", "),
        },
        { id: "when", title: columns.when, cell: ({ asked_at }) => <When at={asked_at} /> },
        {
          id: "outcome",
          title: columns.outcome,
          cell: ({ state }) => <StatusPill tone={TONES[state]}>{t.sharing.requestStates[state]}</StatusPill>,
        },
      ]}
    />
  );
}
