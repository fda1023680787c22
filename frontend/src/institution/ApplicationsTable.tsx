/** Applications that were answered, and how. */
import { PersonName } from "../design/PersonName.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { Table } from "../design/Table.tsx";
import { When } from "../design/Times.tsx";
import { useText } from "../i18n/text.ts";
import type { Application } from "../node/applications.ts";

const TONES: Readonly<Record<Application["state"], Tone>> = {
  waiting: "neutral",
  confirmed: "accent",
  signed: "good",
  declined: "bad",
};

export function ApplicationsTable({ label, rows }: { readonly label: string; readonly rows: readonly Application[] }) {
  const t = useText();
  const words = t.institution.requests;
  return (
    <Table
      label={label}
      rows={rows}
      rowKey={(one) => one.application_id}
      columns={[
        {
          id: "name",
          title: words.name,
          cell: (one) => <PersonName address={one.applicant} name={one.display_name} avatar />,
        },
        {
          id: "state",
          title: words.state,
          cell: (one) => (
            <div className="stack-s">
              <StatusPill tone={TONES[one.state]}>{words.states[one.state]}</StatusPill>
              {one.reason !== null && <span className="soft small">{one.reason}</span>}
            </div>
          ),
        },
        { id: "asked", title: words.asked, cell: (one) => <When at={one.created_at} /> },
      ]}
    />
  );
}
