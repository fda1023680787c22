/** Says what suspending, lifting or ending means, has the wallet do it, and shows that it took effect. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { type DirectoryAct, sendDirectoryAct } from "../node/sendDirectoryAct.ts";
import type { Address } from "../node/types.ts";
import { useClient, useSession } from "../session/context.ts";
import type { Listed } from "./credential.ts";

type Props = { readonly act: DirectoryAct; readonly one: Listed; readonly onClose: () => void };

export function DirectoryActDialog({ act, one, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const { controller } = useSession();
  const queries = useQueryClient();
  const [step, setStep] = useState<"sign" | "sent" | "mined" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [wasSent, setWasSent] = useState(false);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);
  const staff = t.institution.staff;
  const name = one.name ?? shortAddress(one.address);
  const words = {
    suspend: {
      title: staff.suspendTitle,
      text: [staff.suspendText, staff.suspendLift],
      button: staff.suspend,
      done: staff.suspended,
    },
    reinstate: {
      title: staff.reinstateTitle,
      text: [staff.reinstateText],
      button: staff.reinstate,
      done: staff.reinstated,
    },
    revokeCredential: { title: staff.endTitle, text: [staff.endText], button: staff.end, done: staff.ended },
  }[act];

  const run = async () => {
    const stop = new AbortController();
    stopping.current = stop;
    setError(null);
    setStep("sign");
    let sent = false;
    const onStep = (now: "sign" | "sent" | "mined") => {
      sent ||= now === "sent";
      setWasSent(sent);
      setStep(now);
    };
    try {
      await sendDirectoryAct(client, { act, who: one.address as Address, onStep, signal: stop.signal });
      showToast({ title: words.done({ name }) });
      onClose();
    } catch (thrown) {
      controller.noticeError(thrown);
      setError(thrown);
    } finally {
      setStep(null);
      stopping.current = null;
      void Promise.all(["staff", "professionals"].map((key) => queries.invalidateQueries({ queryKey: [key] })));
    }
  };
  const isRunning = step !== null;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={words.title({ name })}
      role="alertdialog"
      isDismissable={!isRunning}
      {...(isRunning
        ? {}
        : {
            actions: (
              <>
                <Button variant={act === "reinstate" ? "primary" : "danger"} onPress={() => void run()}>
                  {words.button}
                </Button>
                <Button variant="quiet" onPress={onClose}>
                  {t.common.cancel}
                </Button>
              </>
            ),
          })}
    >
      <div className="stack">
        <PersonName address={one.address} name={one.name} avatar copy />
        {words.text.map((line) => (
          <p key={line}>{line}</p>
        ))}
        <Callout>{staff.walletText}</Callout>
        {step !== null && (
          <ProgressBar
            label={step === "sign" ? staff.sign : staff.sent}
            value={null}
            {...(step === "sign" ? { onCancel: () => stopping.current?.abort() } : {})}
          />
        )}
        {error !== null && (
          <ErrorNotice
            error={error}
            kept={wasSent && !isCode(error, "refused") ? staff.mayHaveHappened : staff.nothingChanged}
          />
        )}
      </div>
    </Dialog>
  );
}
