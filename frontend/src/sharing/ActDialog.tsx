/**
 * Something that a person signs: what it does, what the wallet will show, one button, how far it is. It stays open where
 * something goes wrong, with everything that was chosen.
 */
import { type ReactNode, useEffect } from "react";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { ActProgress } from "./ActProgress.tsx";
import { keptWords } from "./outcome.ts";
import { ShowsToSign } from "./ShowsToSign.tsx";
import type { SignedTerms } from "./signedTerms.ts";
import { type ActRun, useAct } from "./useAct.ts";

type Props = {
  readonly title: string;
  readonly children: ReactNode;
  /** What the wallet shows; nothing where it can't be said yet. */
  readonly terms: SignedTerms | null;
  readonly confirm: string;
  readonly danger?: boolean;
  /** False while something is still to be chosen. */
  readonly isReady?: boolean;
  readonly run: ActRun;
  readonly done: string;
  /** After it is in force, before the dialog closes. */
  readonly onDone?: () => Promise<void> | void;
  /** Keys of what is asked for anew afterwards, whatever came of it. */
  readonly invalidates?: readonly (readonly unknown[])[];
  readonly onClose: () => void;
  readonly width?: "m" | "l";
  /** Of what ends something: a screen reader reads it out at once. */
  readonly role?: "dialog" | "alertdialog";
  /** What holds in spite of an error; else that nothing was changed, where that is sure. */
  readonly kept?: () => string | undefined;
};

export function ActDialog(props: Props) {
  const {
    title,
    children,
    terms,
    confirm,
    danger = false,
    isReady = true,
    run,
    done,
    onDone,
    onClose,
    width = "m",
    role = "dialog",
  } = props;
  const t = useText();
  const act = useAct(props.invalidates);
  const isRunning = act.step !== null;
  useEffect(() => {
    if (act.error !== null) document.querySelector(".act-outcome")?.scrollIntoView({ block: "nearest" });
  }, [act.error]);
  const press = async () => {
    if (!(await act.run(run))) return;
    await onDone?.();
    showToast({ title: done });
    onClose();
  };
  const kept = props.kept?.() ?? keptWords(act, t);
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      width={width}
      role={role}
      isDismissable={!isRunning}
      actions={
        isRunning || act.isDone ? null : (
          <>
            <Button
              variant={danger ? "danger" : "primary"}
              icon="pen"
              isDisabled={!isReady}
              onPress={() => void press()}
            >
              {confirm}
            </Button>
            <Button variant="quiet" onPress={onClose}>
              {t.common.cancel}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        <div className="stack" inert={isRunning || act.isDone}>
          {children}
          {terms !== null && <ShowsToSign terms={terms} />}
        </div>
        <div className="act-outcome">
          {act.error !== null && <ErrorNotice error={act.error} {...(kept === undefined ? {} : { kept })} />}
          {(isRunning || act.isDone) && <ActProgress step={act.step} isDone={act.isDone} onStop={act.stop} />}
        </div>
      </div>
    </Dialog>
  );
}
