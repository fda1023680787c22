/** Says no to an application, with a reason that the applicant will see. */
import { useState } from "react";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { TextField } from "../design/TextField.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { type Application, decideApplication } from "../node/applications.ts";
import { useClient } from "../session/context.ts";
import { useApplicationsChanged } from "./useApplications.ts";

const REASON_MAX_CHARS = 300;

type Props = { readonly application: Application; readonly onClose: () => void };

export function DeclineDialog({ application, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const changed = useApplicationsChanged();
  const [reason, setReason] = useState("");
  const words = t.institution.requests;
  const name = application.display_name;
  const decline = async () => {
    try {
      const applicationId = application.application_id;
      await decideApplication(client, { applicationId, decision: "decline", reason: reason.trim() });
      showToast({ title: words.declined({ name }), kind: "info" });
    } finally {
      await changed();
    }
  };
  return (
    <ConfirmDialog
      isOpen
      danger
      title={words.declineTitle({ name })}
      confirm={words.decline}
      onConfirm={decline}
      onClose={onClose}
    >
      <div className="stack">
        <PersonName address={application.applicant} name={name} avatar copy />
        <TextField
          label={`${words.reasonLabel} (${t.common.optional})`}
          hint={words.reasonHint}
          value={reason}
          onChange={setReason}
          maxLength={REASON_MAX_CHARS}
        />
      </div>
    </ConfirmDialog>
  );
}
