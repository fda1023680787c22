/** Giving up what a patient shared: no patient is needed for it, and only they can give it again. */
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { useText } from "../i18n/text.ts";
import { renounce } from "../node/renounce.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import type { SharingPatient } from "./held.ts";

type Props = { readonly sharing: SharingPatient; readonly called: string; readonly onClose: () => void };

export function RenounceDialog({ sharing, called, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const { patient } = sharing;
  const held = [...new Set(sharing.open.flatMap(({ categories }) => categories))];
  const [categories, setCategories] = useState<readonly string[]>(held);
  return (
    <ActDialog
      role="alertdialog"
      title={t.clinician.renounceTitle({ name: called })}
      confirm={t.clinician.renounceAction}
      danger
      isReady={categories.length > 0}
      terms={null}
      run={(options) => renounce(client, { patient, categories, ...options })}
      done={t.clinician.renounced}
      // What was passed on ends with it.
      invalidates={[queryKeys.grantsHeld(client.account), queryKeys.grantsPassedOn(client.account)]}
      onClose={onClose}
    >
      <p>{t.clinician.renounceText}</p>
      <CategoriesField label={t.clinician.renounceWhat} codes={held} value={categories} onChange={setCategories} />
    </ActDialog>
  );
}
