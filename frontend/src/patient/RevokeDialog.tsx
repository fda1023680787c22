/** Ends what somebody has, wholly or for some parts of the record. */
import { useState } from "react";
import { CheckboxGroup } from "../design/Checkbox.tsx";
import { useText } from "../i18n/text.ts";
import { revoke } from "../node/revoke.ts";
import { categoryName } from "../record/categories.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { categoryWords } from "../sharing/grantWords.ts";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import type { Share } from "./shares.ts";
import { useRefreshConsents } from "./useOwnRecord.ts";

type Props = { readonly share: Share; readonly name: string; readonly onClose: () => void };

export function RevokeDialog({ share, name, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const refresh = useRefreshConsents();
  const signedTerms = useSignedTerms();
  const [categories, setCategories] = useState<readonly string[]>(share.categories);
  const { grantee } = share;
  const stays = share.categories.filter((code) => !categories.includes(code));
  return (
    <ActDialog
      title={t.sharing.revokeTitle({ name })}
      confirm={t.sharing.signRevoke}
      danger
      isReady={categories.length > 0}
      terms={categories.length === 0 ? null : signedTerms({ act: "revoke", address: grantee, name, categories })}
      run={(options) => revoke(client, { grantee, categories, ...options })}
      done={t.sharing.doneRevoke}
      onDone={refresh}
      onClose={onClose}
    >
      {share.categories.length > 1 && (
        <CheckboxGroup
          label={t.sharing.revokeWhat}
          options={share.categories.map((id) => ({ id, label: categoryName(t, id) }))}
          value={categories}
          onChange={setCategories}
          columns={2}
        />
      )}
      <p>{t.sharing.revokeWill}</p>
      <p>{t.sharing.revokeWont}</p>
      {stays.length > 0 && <p aria-live="polite">{t.sharing.revokeStays({ categories: categoryWords(t, stays) })}</p>}
    </ActDialog>
  );
}
