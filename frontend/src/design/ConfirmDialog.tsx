/** Are you sure: says what will happen, on the button too. What goes wrong is said inside, and nothing is closed then. */
import { type ReactNode, useState } from "react";
import { useText } from "../i18n/text.ts";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";
import { ErrorNotice } from "./ErrorNotice.tsx";

type Props = {
  readonly isOpen: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** The words on the button: what it does, not "OK". */
  readonly confirm: string;
  readonly danger?: boolean;
  /** Closes afterwards, unless it throws. */
  readonly onConfirm: () => void | Promise<void>;
  readonly onClose: () => void;
};

export function ConfirmDialog({ isOpen, title, children, confirm, danger = false, onConfirm, onClose }: Props) {
  const t = useText();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const close = () => {
    setError(null);
    onClose();
  };
  const run = async () => {
    setPending(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (thrown) {
      setError(thrown);
    } finally {
      setPending(false);
    }
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={title}
      role="alertdialog"
      isDismissable={!pending}
      actions={
        <>
          <Button variant={danger ? "danger" : "primary"} isPending={pending} onPress={() => void run()}>
            {confirm}
          </Button>
          <Button variant="quiet" isDisabled={pending} onPress={close}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      {children}
      {error !== null && <ErrorNotice error={error} />}
    </Dialog>
  );
}
