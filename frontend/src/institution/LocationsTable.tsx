/** All addresses that records may lead to, of every institution. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Section } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { Table } from "../design/Table.tsx";
import type { LocationAnswered } from "../generated/api/types.gen.ts";
import { useText } from "../i18n/text.ts";
import { useClient } from "../session/context.ts";
import { useNames } from "../sharing/useNames.ts";
import { worded } from "./recordWords.ts";

export function LocationsTable({ locations }: { readonly locations: UseQueryResult<readonly LocationAnswered[]> }) {
  const t = useText();
  const client = useClient();
  const names = useNames((locations.data ?? []).map((one) => one.operator));
  const words = t.institution.stores;
  return (
    <Section title={words.locationsTitle} text={words.locationsText}>
      {locations.isPending && <Skeleton lines={3} />}
      {locations.error !== null && <ErrorNotice error={locations.error} onRetry={() => void locations.refetch()} />}
      {locations.data !== undefined && (
        <Table
          label={words.locationsTitle}
          rows={locations.data}
          rowKey={(one) => String(one.number)}
          empty={
            <EmptyState icon="store" title={words.noLocations}>
              {words.noLocationsText}
            </EmptyState>
          }
          columns={[
            { id: "number", title: words.number, cell: (one) => <span className="number">{one.number}</span> },
            { id: "base", title: words.base, cell: (one) => <code>{one.base_uri}</code> },
            { id: "kind", title: words.kind, cell: (one) => worded(words.locationKinds, String(one.kind)) },
            {
              id: "operator",
              title: words.operator,
              cell: (one) => (
                <PersonName
                  address={one.operator}
                  name={names.nameOf(one.operator)}
                  isYou={one.operator === client.account}
                />
              ),
            },
            {
              id: "state",
              title: words.state,
              cell: (one) => (
                <StatusPill tone={one.active ? "good" : "neutral"}>
                  {one.active ? words.active : words.retired}
                </StatusPill>
              ),
            },
          ]}
        />
      )}
    </Section>
  );
}
