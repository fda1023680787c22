/** A fresh key in the place of one that somebody else may have. What is locked for the old one stays locked for it. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { useText } from "../i18n/text.ts";
import { replaceIdentity } from "../node/replaceIdentity.ts";
import { useClient, useSession } from "../session/context.ts";
import { ActProgress } from "../sharing/ActProgress.tsx";
import { useAct } from "../sharing/useAct.ts";
import { PassphraseFields } from "./PassphraseFields.tsx";
import { saveOldKey } from "./saveOldKey.ts";

export function ReplaceKeyDialog({ onClose }: { readonly onClose: () => void }) {
  const t = useText();
  const client = useClient();
  const { controller } = useSession();
  const queries = useQueryClient();
  const act = useAct();
  const isRunning = act.step !== null;
  const [isUnderstood, setIsUnderstood] = useState(false);
  const [old, setOld] = useState<Uint8Array | null>(null);
  const [passphrase, setPassphrase] = useState<string | null>(null);
  const needsPassphrase = isCode(act.error, "refused.non_repeating_signature") || passphrase !== null;
  const replace = async () => {
    await act.run(async (options) => {
      await replaceIdentity(client, {
        ...options,
        ...(passphrase === null ? {} : { passphrase }),
        // Before anything is sent: the file is there however this ends.
        onPrevious: (backup) => {
          setOld(backup);
          saveOldKey(t, backup);
        },
      });
      await queries.invalidateQueries({ queryKey: queryKeys.safe(client.account) });
    });
  };
  const close = () => {
    if (act.isDone) void controller.goOn();
    // The way in takes up whichever key is published, now or as soon as it is.
    else if (act.error !== null) void controller.start();
    onClose();
  };
  const saveAgain = old !== null && (
    <Button icon="download" onPress={() => saveOldKey(t, old)}>
      {t.patient.saveOldAgain}
    </Button>
  );
  return (
    <Dialog
      isOpen
      onClose={close}
      title={t.patient.replaceTitle}
      width="l"
      isDismissable={!isRunning}
      actions={
        act.isDone ? (
          <>
            <Button variant="primary" onPress={close}>
              {t.common.done}
            </Button>
            {saveAgain}
          </>
        ) : isRunning ? null : act.mayHappen ? (
          <>
            <Button variant="primary" onPress={close}>
              {t.common.close}
            </Button>
            {saveAgain}
          </>
        ) : (
          <>
            <Button
              variant="danger"
              icon="key"
              isDisabled={!isUnderstood || (needsPassphrase && passphrase === null)}
              onPress={() => void replace()}
            >
              {t.patient.replaceAction}
            </Button>
            <Button variant="quiet" onPress={close}>
              {t.common.cancel}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        {act.isDone ? (
          <Callout tone="good" title={t.patient.replaceDone} isAlert>
            {old !== null && t.patient.replaceDoneText}
          </Callout>
        ) : (
          <div className="stack" inert={isRunning || act.mayHappen}>
            <p>{t.patient.replaceText}</p>
            <ul>
              <li>{t.patient.replaceWill}</li>
              <li>{t.patient.replaceOthers}</li>
              <li>{t.patient.replaceNot}</li>
            </ul>
            <Callout tone="caution">{t.patient.replaceOld}</Callout>
            <p className="soft">{t.patient.replaceSignatures}</p>
            {needsPassphrase && (
              <>
                <p>{t.session.nonRepeatingText}</p>
                <PassphraseFields onChange={setPassphrase} />
              </>
            )}
            <Checkbox isSelected={isUnderstood} onChange={setIsUnderstood}>
              {t.patient.replaceUnderstood}
            </Checkbox>
          </div>
        )}
        {act.error !== null && (
          <ErrorNotice
            error={act.error}
            {...(act.mayHappen && old !== null ? { kept: t.patient.replaceBothKept } : {})}
          />
        )}
        {isRunning && <ActProgress step={act.step} isDone={false} onStop={act.stop} />}
      </div>
    </Dialog>
  );
}
