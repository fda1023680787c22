/** Giving up what a patient shared: no patient is needed for it, and only they can give it again. */
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { renounce } from "../node/renounce.ts";
import { useClient } from "../session/context.ts";
import { ActStatus } from "../sharing/ActStatus.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import { useAct } from "../sharing/useAct.ts";
import type { SharingPatient } from "./held.ts";

type Props = { readonly sharing: SharingPatient; readonly called: string; readonly onClose: () => void };

export function RenounceDialog({ sharing, called, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const act = useAct([queryKeys.grantsHeld(client.account), queryKeys.grantsPassedOn(client.account)]);
  const held = [...new Set(sharing.open.flatMap(({ categories }) => categories))];
  const [categories, setCategories] = useState<readonly string[]>(held);
  const isRunning = act.step !== null;
  const giveUp = async () => {
    const { patient } = sharing;
    if (await act.run((options) => renounce(client, { patient, categories, ...options }))) {
      showToast({ title: t.clinician.renounced });
      onClose();
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.clinician.renounceTitle({ name: called })}
      role="alertdialog"
      isDismissable={!isRunning}
      actions={
        <>
          <Button
            variant="danger"
            isPending={isRunning}
            isDisabled={categories.length === 0}
            onPress={() => void giveUp()}
          >
            {t.clinician.renounceAction}
          </Button>
          <Button variant="quiet" isDisabled={isRunning} onPress={onClose}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t.clinician.renounceText}</p>
        <CategoriesField label={t.clinician.renounceWhat} codes={held} value={categories} onChange={setCategories} />
        <ActStatus act={act} />
      </div>
    </Dialog>
  );
}
