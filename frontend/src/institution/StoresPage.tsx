/** An institution sees where copies are kept, whether each place answers, what the last check found, and known addresses. */
import { Card, Section } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { careState, faultsByStore } from "./careState.ts";
import { LocationsTable } from "./LocationsTable.tsx";
import { OperatorOnly } from "./OperatorOnly.tsx";
import { StateBar } from "./StateBar.tsx";
import { StoreCard } from "./StoreCard.tsx";
import { useJobs, useWholeJob } from "./useJobs.ts";
import { useLocations } from "./useLocations.ts";
import { isNotOperator, useOperations } from "./useOperations.ts";
import "./institution.css";

export function StoresPage() {
  const t = useText();
  const operations = useOperations();
  const locations = useLocations();
  const jobs = useJobs();
  const look = careState(jobs.data ?? []).lastLook;
  const whole = useWholeJob(look);
  const faults = whole.data === undefined ? null : faultsByStore(whole.data);
  const words = t.institution.stores;
  return (
    <>
      <PageHeader title={words.title} text={words.text} />
      <div className="sections">
        <OperatorOnly query={operations}>
          {({ stores, placement }) => (
            <Section
              title={words.placesTitle}
              text={words.rule({ copies: String(placement.copies), places: String(placement.failure_domains) })}
            >
              <div className="grid-2">
                {stores.map((store) => (
                  <StoreCard
                    key={store.name}
                    store={store}
                    location={locations.data?.find((one) => one.number === store.location) ?? null}
                    faults={faults === null ? null : (faults.get(store.name) ?? {})}
                  />
                ))}
              </div>
            </Section>
          )}
        </OperatorOnly>
        {!isNotOperator(operations.error) && jobs.data !== undefined && (
          <Section
            title={words.copiesTitle}
            actions={<LinkButton href="/institution/mending">{words.check}</LinkButton>}
          >
            {look === null ? (
              <EmptyState icon="shield" title={words.copiesNever} />
            ) : (
              <Card>
                <LookedAt at={look.finished_at ?? look.created_at} records={look.result?.records_checked ?? 0} />
                <StateBar counts={look.result?.counts ?? {}} />
              </Card>
            )}
          </Section>
        )}
        <LocationsTable locations={locations} />
      </div>
    </>
  );
}

function LookedAt({ at, records }: { readonly at: number; readonly records: number }) {
  const t = useText();
  const format = useFormat();
  return <p>{t.institution.stores.copiesText({ ago: format.ago(at), records: format.number(records) })}</p>;
}
