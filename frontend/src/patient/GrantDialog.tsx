/** Sharing in three choices: with whom, what, how long. Said in one sentence before it is signed, once. */
import { useState } from "react";
import { PURPOSES, type RightName } from "../core/typedData/consent.ts";
import { Callout } from "../design/Callout.tsx";
import { Select } from "../design/Select.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { grant } from "../node/grant.ts";
import type { Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "./ActDialog.tsx";
import { ChooseHowLong } from "./ChooseHowLong.tsx";
import { ChooseWhat } from "./ChooseWhat.tsx";
import { ChooseWho, type Chosen } from "./ChooseWho.tsx";
import { GrantSummary } from "./GrantSummary.tsx";
import { canSentence } from "./grantWords.ts";
import { type Period, type PeriodChoice, periodOf } from "./period.ts";
import { replacedBy, type Share } from "./shares.ts";
import { useSignedTerms } from "./signedTerms.ts";
import { useCategoryCodes, useRefreshConsents } from "./useOwnRecord.ts";
import { usePeople } from "./usePeople.ts";

const PURPOSE_NAMES = Object.keys(PURPOSES) as Purpose[];
const ALL_RIGHTS: readonly RightName[] = ["READ", "UPLOAD", "SHARE"];

/** What is chosen from the start: sharing again what has ended. */
export type GrantStart = {
  readonly who: Chosen;
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  readonly purpose: string;
};

type Props = {
  readonly start?: GrantStart;
  /** What stands now, of everybody. */
  readonly shares: readonly Share[];
  readonly onClose: () => void;
};

export function GrantDialog({ start, shares, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const offered = useCategoryCodes();
  const refresh = useRefreshConsents();
  const signedTerms = useSignedTerms();
  const [who, setWho] = useState<Chosen | null>(start?.who ?? null);
  const [categories, setCategories] = useState<readonly string[]>(start?.categories ?? []);
  const [rights, setRights] = useState<readonly RightName[]>(
    start === undefined || start.rights.length === 0 ? ["READ"] : start.rights,
  );
  const [choice, setChoice] = useState<PeriodChoice>({ length: "month", days: null });
  const [purpose, setPurpose] = useState<Purpose>(PURPOSE_NAMES.find((name) => name === start?.purpose) ?? "TREAT");
  // What was given to the wallet: what is shown beside it says the same.
  const [signed, setSigned] = useState<Period | null>(null);
  const period = signed ?? periodOf(choice);
  const asked =
    who === null || categories.length === 0 || rights.length === 0 || period === null
      ? null
      : { grantee: who.address, categories, rights, purpose, ...period };
  const people = usePeople(who === null ? [] : [who.address]);
  const name = who === null ? "" : (who.name ?? people.called(who.address));
  const replaced = who === null ? [] : replacedBy(shares, who.address, categories);
  return (
    <ActDialog
      title={t.sharing.grantTitle}
      width="l"
      confirm={t.sharing.signGrant}
      isReady={asked !== null}
      terms={
        asked === null
          ? null
          : signedTerms({
              act: "grant",
              address: asked.grantee,
              name: who?.name ?? people.name(asked.grantee),
              ...asked,
            })
      }
      // The window is worked out anew: it begins when it is signed, however long the choosing took.
      run={async (options) => {
        const now = periodOf(choice);
        if (asked === null || now === null) return;
        setSigned(now);
        try {
          await grant(client, { ...asked, ...now, ...options });
        } finally {
          setSigned(null);
        }
      }}
      done={t.sharing.doneGrant}
      onDone={refresh}
      onClose={onClose}
    >
      <ChooseWho value={who} onChange={setWho} />
      <ChooseWhat
        offered={offered}
        categories={categories}
        onCategories={setCategories}
        offeredRights={ALL_RIGHTS}
        rights={rights}
        onRights={setRights}
      />
      <ChooseHowLong value={choice} onChange={setChoice} />
      <Select
        label={t.sharing.purpose}
        options={PURPOSE_NAMES.map((id) => ({ id, label: t.words.purposes[id] }))}
        value={purpose}
        onChange={setPurpose}
      />
      {replaced.length > 0 && (
        <Callout tone="caution" title={t.sharing.replaces}>
          <ul>
            {replaced.map((share) => (
              <li key={share.key}>{canSentence(t, format, name, share)}</li>
            ))}
          </ul>
        </Callout>
      )}
      <GrantSummary name={name} terms={asked} />
    </ActDialog>
  );
}
