/** Fewer rights, or an earlier end, of what somebody has. */
import { useState } from "react";
import type { RightName } from "../core/typedData/consent.ts";
import { Callout } from "../design/Callout.tsx";
import { CheckboxGroup } from "../design/Checkbox.tsx";
import { DateField } from "../design/DateField.tsx";
import { useText } from "../i18n/text.ts";
import { narrow } from "../node/narrow.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { endAfter } from "../sharing/howLong.ts";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import { GrantSummary } from "./GrantSummary.tsx";
import type { Share } from "./shares.ts";
import { useRefreshConsents } from "./useOwnRecord.ts";

type Props = { readonly share: Share; readonly name: string; readonly onClose: () => void };

export function NarrowDialog({ share, name, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const refresh = useRefreshConsents();
  const signedTerms = useSignedTerms();
  const [rights, setRights] = useState<readonly RightName[]>(share.rights);
  const [day, setDay] = useState<Date | null>(null);
  const { grantee, categories } = share;
  const untilAt = day === null ? share.untilAt : Math.min(share.untilAt, endAfter(day));
  const isLess = rights.length > 0 && (rights.length < share.rights.length || untilAt < share.untilAt);
  const terms = isLess ? { categories, rights, untilAt, fromAt: share.fromAt } : null;
  return (
    <ActDialog
      title={t.sharing.narrowTitle({ name })}
      confirm={t.sharing.signNarrow}
      isReady={isLess}
      terms={isLess ? signedTerms({ act: "narrow", address: grantee, name, categories, rights, untilAt }) : null}
      run={(options) => narrow(client, { grantee, categories, rights, untilAt, ...options })}
      done={t.sharing.doneNarrow}
      onDone={refresh}
      onClose={onClose}
    >
      <CheckboxGroup
        label={t.sharing.narrowRights}
        options={share.rights.map((id) => ({ id, label: t.words.rights[id], hint: t.words.rightsHints[id] }))}
        value={rights}
        onChange={setRights}
      />
      <DateField
        label={t.sharing.narrowEnd}
        value={day}
        onChange={setDay}
        min={new Date(client.http.now() * 1_000)}
        max={new Date((share.untilAt - 1) * 1_000)}
      />
      {terms === null ? (
        <Callout tone="info" title={t.sharing.narrowNeeded}>
          {t.sharing.narrowNotCategories}
        </Callout>
      ) : (
        <GrantSummary name={name} terms={terms} />
      )}
      {share.rights.includes("SHARE") && <p className="soft">{t.sharing.narrowPassedOn}</p>}
    </ActDialog>
  );
}
