/** Taking back what one passed on: no patient is needed for it, and their own grants stay as they are. */
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import { takeBack } from "../node/takeBack.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import type { PassedOn } from "./passedOn.ts";

type Props = { readonly passed: PassedOn; readonly name: string | null; readonly onClose: () => void };

export function TakeBackDialog({ passed, name, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const signedTerms = useSignedTerms();
  const { patient, grantee } = passed;
  const given = [...new Set(passed.open.flatMap(({ categories }) => categories))];
  const [categories, setCategories] = useState<readonly string[]>(given);
  const isReady = categories.length > 0;
  return (
    <ActDialog
      role="alertdialog"
      title={t.clinician.takeBackTitle({ name: name ?? shortAddress(grantee) })}
      confirm={t.clinician.takeBackAction}
      danger
      isReady={isReady}
      terms={isReady ? signedTerms({ act: "take_back", patient, address: grantee, name, categories }) : null}
      run={(options) => takeBack(client, { patient, grantee, categories, ...options })}
      done={t.clinician.tookBack}
      invalidates={[queryKeys.grantsPassedOn(client.account)]}
      onClose={onClose}
    >
      <p>{t.clinician.takeBackText}</p>
      <CategoriesField label={t.clinician.takeBackWhat} codes={given} value={categories} onChange={setCategories} />
    </ActDialog>
  );
}
