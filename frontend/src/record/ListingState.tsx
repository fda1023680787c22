/** A list of entries that is not there yet: under way, broken off, or failed. */
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { ProgressOf } from "../design/ProgressBar.tsx";
import { useText } from "../i18n/text.ts";
import { labelOf } from "./EntryContent.tsx";
import type { Records } from "./useRecords.ts";

export function ListingState({ listing }: { readonly listing: Records }) {
  const t = useText();
  const { isListing, progress, error, list, cancel } = listing;
  if (isListing) {
    return <ProgressOf progress={progress} label={labelOf(t.record.listing, progress?.step)} onCancel={cancel} />;
  }
  if (error !== null) return <ErrorNotice error={error} onRetry={list} />;
  return (
    <Callout
      action={
        <Button variant="primary" icon="refresh" onPress={list}>
          {t.record.listAgain}
        </Button>
      }
    >
      {t.record.listStopped}
    </Callout>
  );
}
