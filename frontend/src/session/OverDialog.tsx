/** The session has ended while somebody was at work: the page waits behind until they signed in again. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { useText } from "../i18n/text.ts";
import { useSession } from "./context.ts";

export function OverDialog({ isOver, error }: { readonly isOver: boolean; readonly error: unknown }) {
  const t = useText();
  const { controller } = useSession();
  const queries = useQueryClient();
  const [pending, setPending] = useState(false);
  const again = async () => {
    setPending(true);
    await controller.renew();
    setPending(false);
    await queries.invalidateQueries();
  };
  return (
    <Dialog
      isOpen={isOver}
      onClose={() => undefined}
      isDismissable={false}
      role="alertdialog"
      title={t.session.overTitle}
      actions={
        <>
          <Button variant="primary" isPending={pending} onPress={() => void again()}>
            {t.session.overAction}
          </Button>
          <Button variant="quiet" onPress={() => void controller.signOut()}>
            {t.session.signOut}
          </Button>
        </>
      }
    >
      <p>{t.session.overText}</p>
      {error !== null && <ErrorNotice error={error} />}
    </Dialog>
  );
}
