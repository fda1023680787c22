/** A later end for what somebody has; nothing else of it changes. */
import { useState } from "react";
import { DateField } from "../design/DateField.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { renew } from "../node/renew.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { endWords } from "../sharing/grantWords.ts";
import { endAfter, type HowLong, KINDS, laterBy } from "../sharing/howLong.ts";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import type { Share } from "./shares.ts";
import { useRefreshConsents } from "./useOwnRecord.ts";

type Props = { readonly share: Share; readonly name: string; readonly onClose: () => void };

export function RenewDialog({ share, name, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const refresh = useRefreshConsents();
  const signedTerms = useSignedTerms();
  const [length, setLength] = useState<HowLong["kind"]>("month");
  const [day, setDay] = useState<Date | null>(null);
  const { grantee, categories } = share;
  const chosen = day === null ? null : endAfter(day);
  const untilAt = length === "days" ? chosen : laterBy(share.untilAt, length);
  const isLater = untilAt !== null && untilAt > share.untilAt;
  return (
    <ActDialog
      title={t.sharing.renewTitle({ name })}
      confirm={t.sharing.signRenew}
      isReady={isLater}
      terms={isLater ? signedTerms({ act: "renew", address: grantee, name, categories, untilAt }) : null}
      run={async (options) => {
        if (isLater) await renew(client, { grantee, categories, untilAt, ...options });
      }}
      done={t.sharing.doneRenew}
      onDone={refresh}
      onClose={onClose}
    >
      <RadioGroup
        label={t.sharing.renewBy}
        options={KINDS.map((id) => ({ id, label: id === "days" ? t.sharing.renewTo : t.words.howLong[id] }))}
        value={length}
        onChange={setLength}
      />
      {length === "days" && (
        <DateField
          label={t.sharing.renewTo}
          value={day}
          onChange={setDay}
          min={new Date(share.untilAt * 1_000)}
          error={day !== null && !isLater ? t.sharing.renewNeeded : null}
        />
      )}
      <p aria-live="polite">
        {isLater
          ? t.sharing.renewWill({
              before: endWords(t, format, share.untilAt),
              after: endWords(t, format, untilAt),
            })
          : t.sharing.renewNeeded}
      </p>
      <p className="soft">{t.sharing.notTakenBack}</p>
    </ActDialog>
  );
}
