/** Here a patient sees whether every copy of the record is as it should be, what was mended and why, and has it checked. */
import { Card } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useText } from "../i18n/text.ts";
import { CheckNow } from "./CheckNow.tsx";
import { CopiesPicture } from "./CopiesPicture.tsx";
import { safetyOf } from "./copiesGrid.ts";
import { MendHistory } from "./MendHistory.tsx";
import { SafetySentence } from "./SafetySentence.tsx";
import { useCopies, useLiveRecord } from "./useOwnRecord.ts";
import "./patient.css";

export function HealthPage() {
  const t = useText();
  useLiveRecord();
  const copies = useCopies();
  const all = copies.data ?? [];
  return (
    <>
      <PageHeader title={t.care.title} text={t.care.text} />
      <div className="stack-l">
        {copies.isPending && <Skeleton lines={6} label={t.care.loading} />}
        {copies.isError && <ErrorNotice error={copies.error} onRetry={() => void copies.refetch()} />}
        {copies.isSuccess && (
          <Card>
            <SafetySentence safety={safetyOf(all)} />
            <CheckNow isDisabled={all.length === 0} />
          </Card>
        )}
        {all.length > 0 && <CopiesPicture copies={all} />}
        <MendHistory />
      </div>
    </>
  );
}
