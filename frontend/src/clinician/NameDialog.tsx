/** A clinician's own name for a patient: sealed to the clinician, so that the site never learns it. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { saveFile } from "../design/saveFile.ts";
import { TextField } from "../design/TextField.tsx";
import { useText } from "../i18n/text.ts";
import { type KeepCopy, saveContact } from "../node/contacts.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { BeginAnew } from "./BeginAnew.tsx";

type Props = { readonly address: Address; readonly name: string | null; readonly onClose: () => void };

export function NameDialog({ address, name, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(name ?? "");
  const [isSaving, setIsSaving] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const save = async (startsAnew: KeepCopy | null = null) => {
    setIsSaving(true);
    setError(null);
    try {
      const contacts = await saveContact(client, { address, name: typed, startsAnew });
      queries.setQueryData(queryKeys.contacts(client.account), contacts);
      onClose();
    } catch (thrown) {
      setError(thrown);
      setIsSaving(false);
    }
  };
  const keepCopy: KeepCopy = (sealed) => saveFile(t.clinician.nameAnewFileName, sealed as BlobPart);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={t.clinician.nameTitle}
      isDismissable={!isSaving}
      actions={
        <>
          <Button variant="primary" isPending={isSaving} onPress={() => void save()}>
            {t.common.save}
          </Button>
          <Button variant="quiet" isDisabled={isSaving} onPress={onClose}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isSaving) void save();
        }}
      >
        <TextField
          label={t.clinician.nameLabel}
          hint={t.clinician.nameHint}
          value={typed}
          onChange={setTyped}
          maxLength={120}
          autoComplete="off"
        />
        {error !== null && <ErrorNotice error={error} />}
        {isBeyondBelief(error) && <BeginAnew onBegin={() => void save(keepCopy)} />}
      </form>
    </Dialog>
  );
}

/** The list that is kept will never be believed: forged, older than one seen here, or of a key that was replaced. */
function isBeyondBelief(error: unknown): boolean {
  return BEYOND_BELIEF.some((code) => isCode(error, code));
}

const BEYOND_BELIEF = [
  "verification.sealed_to_oneself_mismatch",
  "verification.sealed_to_oneself_older",
  "verification.address_book_closed",
];
