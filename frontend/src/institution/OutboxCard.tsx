/** What is to be sent: all of it and what people signed, by state; the oldest that waits; what is left for fees. */
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { Table } from "../design/Table.tsx";
import { TimeAgo } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";

const STATES = ["queued", "signed", "mined", "failed"] as const;
const WEI_DIGITS = 18;
const SHOWN_DIGITS = 4;

export function OutboxCard({ operations }: { readonly operations: Operations }) {
  const t = useText();
  const format = useFormat();
  const { outbox, relay } = operations;
  const words = t.institution.operations;
  return (
    <Card icon="upload" level={3} title={words.outboxTitle}>
      <p className="soft small">{words.outboxText}</p>
      <Table
        label={words.outboxTitle}
        rows={STATES}
        rowKey={(state) => state}
        columns={[
          { id: "state", title: words.workerState, wide: true, cell: (state) => words.outboxStates[state] },
          { id: "all", title: words.all, numeric: true, cell: (state) => format.number(outbox.by_state[state] ?? 0) },
          {
            id: "relayed",
            title: words.relayed,
            numeric: true,
            cell: (state) => format.number(relay.by_state[state] ?? 0),
          },
        ]}
      />
      <DataList
        items={[
          {
            term: words.oldest,
            value: outbox.oldest_at === null ? words.oldestNone : <TimeAgo at={outbox.oldest_at} />,
          },
          {
            term: words.balance,
            value:
              relay.balance_wei === null
                ? words.balanceUnknown
                : `${format.number(ether(relay.balance_wei), { maximumFractionDigits: SHOWN_DIGITS })} ETH`,
          },
          {
            term: words.payer,
            value: relay.address === null ? words.payerNone : <PersonName address={relay.address} copy />,
          },
        ]}
      />
    </Card>
  );
}

/** Decimal wei, of any length, as a number of ether that is good enough to be looked at. */
export function ether(wei: string): number {
  const digits = wei.padStart(WEI_DIGITS + 1, "0");
  return Number(`${digits.slice(0, -WEI_DIGITS)}.${digits.slice(-WEI_DIGITS)}`);
}
