/**
 * One patient's record, as far as they share it with this clinician: what may be done and until when, the timeline, entries opened
 * in place. Looking at the list and opening cost a signature each, and the patient sees both: it is said before.
 */
import { useParams } from "@tanstack/react-router";
import { EmptyState } from "../design/EmptyState.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";
import { PatientRecord } from "./PatientRecord.tsx";

export function PatientPage() {
  const t = useText();
  const { patient } = useParams({ strict: false }) as { readonly patient?: string };
  if (patient === undefined || !/^0x[0-9a-fA-F]{40}$/.test(patient)) {
    return (
      <>
        <PageHeader title={t.record.reader.badAddress} />
        <EmptyState
          icon="person"
          title={t.record.reader.badAddressText}
          action={<LinkButton href="/patients">{t.record.reader.back}</LinkButton>}
        />
      </>
    );
  }
  // Another patient is another page: nothing of the one before stays.
  return <PatientRecord key={patient} patient={patient as Address} />;
}
