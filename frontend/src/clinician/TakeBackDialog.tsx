/** Taking back what one passed on: no patient is needed for it, and their own grants stay as they are. */
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { takeBack } from "../node/takeBack.ts";
import { useClient } from "../session/context.ts";
import { ActStatus } from "../sharing/ActStatus.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import { ShowsToSign } from "../sharing/ShowsToSign.tsx";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import { useAct } from "../sharing/useAct.ts";
import type { PassedOn } from "./passedOn.ts";

type Props = { readonly passed: PassedOn; readonly name: string | null; readonly onClose: () => void };

export function TakeBackDialog({ passed, name, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const signedTerms = useSignedTerms();
  const act = useAct([queryKeys.grantsPassedOn(client.account)]);
  const { patient, grantee } = passed;
  const given = [...new Set(passed.open.flatMap(({ categories }) => categories))];
  const [categories, setCategories] = useState<readonly string[]>(given);
  const isRunning = act.step !== null;
  const called = name ?? shortAddress(grantee);
  const run = async () => {
    if (await act.run((options) => takeBack(client, { patient, grantee, categories, ...options }))) {
      showToast({ title: t.clinician.tookBack, text: called });
      onClose();
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.clinician.takeBackTitle({ name: called })}
      role="alertdialog"
      isDismissable={!isRunning}
      actions={
        <>
          <Button
            variant="danger"
            isPending={isRunning}
            isDisabled={categories.length === 0}
            onPress={() => void run()}
          >
            {t.clinician.takeBackAction}
          </Button>
          <Button variant="quiet" isDisabled={isRunning} onPress={onClose}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      <div className="stack">
        <p>{t.clinician.takeBackText}</p>
        <CategoriesField label={t.clinician.takeBackWhat} codes={given} value={categories} onChange={setCategories} />
        {categories.length > 0 && (
          <ShowsToSign terms={signedTerms({ act: "take_back", patient, address: grantee, name, categories })} />
        )}
        <ActStatus act={act} />
      </div>
    </Dialog>
  );
}
