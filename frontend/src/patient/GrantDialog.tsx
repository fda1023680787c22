/** Sharing in three choices: with whom, what, how long; to read, for treatment, is chosen already. Said in one sentence before it is signed, once. */
import { useState } from "react";
import { PURPOSES, type RightName } from "../core/typedData/consent.ts";
import { Callout } from "../design/Callout.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { grant } from "../node/grant.ts";
import type { Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import type { Chosen } from "../sharing/chosen.ts";
import { canSentence } from "../sharing/grantWords.ts";
import { HowLongField } from "../sharing/HowLongField.tsx";
import { type HowLong, type Window, windowOf } from "../sharing/howLong.ts";
import { ProfessionalField } from "../sharing/ProfessionalField.tsx";
import { PurposeField } from "../sharing/PurposeField.tsx";
import { RightsField } from "../sharing/RightsField.tsx";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import { GrantSummary } from "./GrantSummary.tsx";
import { replacedBy, type Share } from "./shares.ts";
import { useCountHints } from "./useCountHints.ts";
import { useCategoryCodes, useRefreshConsents } from "./useOwnRecord.ts";
import { usePeople } from "./usePeople.ts";

const ALL_PURPOSES = Object.keys(PURPOSES) as Purpose[];

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
  const hintOf = useCountHints();
  const [who, setWho] = useState<Chosen | null>(start?.who ?? null);
  const [categories, setCategories] = useState<readonly string[]>(start?.categories ?? []);
  const [rights, setRights] = useState<readonly RightName[]>(
    start === undefined || start.rights.length === 0 ? ["READ"] : start.rights,
  );
  const [howLong, setHowLong] = useState<HowLong>({ kind: "month" });
  const [purpose, setPurpose] = useState<Purpose>(ALL_PURPOSES.find((name) => name === start?.purpose) ?? "TREAT");
  // What was given to the wallet: what is shown beside it says the same.
  const [signed, setSigned] = useState<Window | null>(null);
  const window = signed ?? windowOf(howLong, client.http.now());
  const asked =
    who === null || categories.length === 0 || rights.length === 0 || window === null
      ? null
      : { grantee: who.address, categories, rights, purpose, ...window };
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
        const now = windowOf(howLong, client.http.now());
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
      <ProfessionalField label={t.sharing.who} hint={t.sharing.whoHint} value={who} onChange={setWho} />
      <CategoriesField
        label={t.sharing.what}
        hint={t.sharing.whatHint}
        hintOf={hintOf}
        codes={offered}
        value={categories}
        onChange={setCategories}
      />
      <RightsField label={t.sharing.may} value={rights} onChange={setRights} />
      <HowLongField label={t.sharing.howLong} value={howLong} onChange={setHowLong} />
      <PurposeField label={t.sharing.purpose} offered={ALL_PURPOSES} value={purpose} onChange={setPurpose} />
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
