/** A patient's record for a clinician who has, or had, access to it. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Select } from "../design/Select.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { listGrantsHeld } from "../node/listGrantsHeld.ts";
import type { Address, Purpose } from "../node/types.ts";
import { categoryName } from "../record/categories.ts";
import { ListingState } from "../record/ListingState.tsx";
import { hasUnasked } from "../record/mergeListings.ts";
import { RecordBrowser } from "../record/RecordBrowser.tsx";
import { useHiddenCount } from "../record/useHiddenCount.ts";
import { usePeople } from "../record/usePeople.ts";
import { useRecordEvents } from "../record/useRecordEvents.ts";
import { useRecords } from "../record/useRecords.ts";
import { useClient } from "../session/context.ts";
import { AccessSummary } from "./AccessSummary.tsx";
import { accessHeld, otherPurposes } from "./accessHeld.ts";

const NOBODY: readonly Address[] = [];
const NONE: readonly string[] = [];
const LOOK_AGAIN_MS = 30_000;

export function PatientRecord({ patient }: { readonly patient: Address }) {
  const t = useText();
  const words = t.record.reader;
  const format = useFormat();
  const client = useClient();
  const people = usePeople(NOBODY, patient);
  const held = useQuery({
    queryKey: queryKeys.grantsHeld(client.account),
    queryFn: ({ signal }) => listGrantsHeld(client, { signal }),
    refetchInterval: LOOK_AGAIN_MS,
  });
  const access = useMemo(() => accessHeld(held.data ?? [], patient), [held.data, patient]);
  const [chosen, setChosen] = useState<Purpose | null>(null);
  const [first, setFirst] = useState<Purpose | null>(null);
  // The purpose of what was listed stays when access ends: else what is open would go with it.
  const purpose = chosen ?? first ?? access.purposes[0] ?? "TREAT";
  const codes = access.readable.get(purpose) ?? NONE;
  const listing = useRecords({ patient, purpose, titlesOf: codes });
  // Without a grant at all it is said above, once.
  const closedWords = useCallback(
    (code: string): string | null => {
      if (access.grants.length === 0 || access.readable.get(purpose)?.includes(code) === true) return null;
      const others = otherPurposes(access, purpose, code);
      return others.length === 0
        ? t.record.reader.notReadable
        : t.record.reader.otherPurpose({ purposes: format.list(others.map((one) => t.words.purposes[one])) });
    },
    [access, purpose, t, format],
  );
  const [hasNew, setHasNew] = useState(false);
  useRecordEvents(patient, () => setHasNew(true));
  const { records, isListing, error } = listing;
  const hiddenCount = useHiddenCount(patient, records);
  const list = () => {
    setFirst(purpose);
    setHasNew(false);
    listing.list();
  };
  const name = people.nameOf(patient);
  const isUnasked = records === null || hasUnasked(records, codes);
  const isOver = held.data !== undefined && access.grants.length === 0;
  return (
    <div className="stack">
      <PageHeader
        title={name}
        windowTitle={words.windowTitle}
        back={{ href: "/patients", label: words.back }}
        {...(access.canAdd
          ? {
              actions: (
                <LinkButton href={`/upload/${patient}`} icon="upload">
                  {words.add}
                </LinkButton>
              ),
            }
          : {})}
      />
      {held.isPending && <Spinner wide />}
      {held.error !== null && <ErrorNotice error={held.error} onRetry={() => void held.refetch()} />}
      {isOver && records !== null && (
        <Callout tone="caution" title={words.ended} isAlert action={<Ask patient={patient} />}>
          {words.endedText}
        </Callout>
      )}
      {isOver && records === null && (
        <EmptyState icon="lock" title={words.noAccess} action={<Ask patient={patient} />}>
          {words.noAccessText}
        </EmptyState>
      )}
      {access.grants.length > 0 && <AccessSummary grants={access.grants} />}
      {access.purposes.some((one) => one !== purpose) && (
        <Select
          label={words.purpose}
          options={access.purposes.map((id) => ({ id, label: t.words.purposes[id] }))}
          value={access.purposes.includes(purpose) ? purpose : null}
          onChange={setChosen}
        />
      )}
      {hasNew && records !== null && !isListing && !isOver && (
        <Callout
          title={t.record.newArrived}
          action={
            <Button size="s" onPress={list}>
              {t.record.newArrivedShow}
            </Button>
          }
        />
      )}
      {(isListing || error !== null) && <ListingState listing={listing} />}
      {isUnasked && !isListing && error === null && !isOver && held.data !== undefined && (
        <Card title={words.listTitle} icon="record">
          <p>
            {access.canRead
              ? words.listText({ categories: format.list(codes.map((code) => categoryName(t, code))) })
              : words.onlyUpload}
          </p>
          <div className="row">
            <Button variant="primary" icon="eye" onPress={list}>
              {words.listAction}
            </Button>
          </div>
        </Card>
      )}
      {records !== null && (
        <RecordBrowser
          {...{ patient, purpose, records, hiddenCount, isOver, closedWords }}
          base={`/patients/${patient}`}
          onListAgain={list}
          empty={<EmptyState icon="record" title={t.record.emptyForReader} />}
        />
      )}
    </div>
  );
}

function Ask({ patient }: { readonly patient: Address }) {
  const t = useText();
  return (
    <LinkButton href={`/ask?patient=${patient}`} variant="primary">
      {t.record.reader.ask}
    </LinkButton>
  );
}
