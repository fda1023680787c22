/** One's own record, or the private part of it: listed by itself, and again when something new is in it. */
import { type ReactNode, useMemo } from "react";
import { useClient } from "../session/context.ts";
import { ListingState } from "./ListingState.tsx";
import { RecordBrowser } from "./RecordBrowser.tsx";
import { useRecordEvents } from "./useRecordEvents.ts";
import { useRecords } from "./useRecords.ts";

type Props = { readonly base: string; readonly empty: ReactNode; readonly onlyPrivate?: boolean };

export function OwnRecord({ base, empty, onlyPrivate = false }: Props) {
  const { account } = useClient();
  const listing = useRecords({ patient: account, purpose: "PATRQT" });
  useRecordEvents(account, listing.list);
  const { records, isListing, error } = listing;
  const shown = useMemo(() => records?.filter((one) => !onlyPrivate || one.private) ?? null, [records, onlyPrivate]);
  if (shown === null) return <ListingState listing={listing} />;
  return (
    <>
      {/* What was listed before stays in sight while it is listed again, and where that fails. */}
      {!isListing && error !== null && <ListingState listing={listing} />}
      <RecordBrowser
        patient={account}
        purpose="PATRQT"
        records={shown}
        base={base}
        empty={empty}
        withMeasurements={!onlyPrivate}
        onListAgain={listing.list}
      />
    </>
  );
}
