/** Less than was asked for: a grant of one's own, and the request closed. Two signatures. */
import { useRef, useState } from "react";
import type { RightName } from "../core/typedData/consent.ts";
import { Callout } from "../design/Callout.tsx";
import { DateField } from "../design/DateField.tsx";
import type { AccessRequestAnswered } from "../generated/api/types.gen.ts";
import { useText } from "../i18n/text.ts";
import { decline } from "../node/decline.ts";
import { grant } from "../node/grant.ts";
import type { Address, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import { endAfter } from "../sharing/howLong.ts";
import { RightsField } from "../sharing/RightsField.tsx";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import { GrantSummary } from "./GrantSummary.tsx";
import { useCountHints } from "./useCountHints.ts";
import { useRefreshConsents } from "./useOwnRecord.ts";

type Props = { readonly request: AccessRequestAnswered; readonly name: string; readonly onClose: () => void };

export function ApproveLessDialog({ request, name, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const refresh = useRefreshConsents();
  const signedTerms = useSignedTerms();
  const hintOf = useCountHints();
  const [categories, setCategories] = useState<readonly string[]>(request.category_codes);
  const [rights, setRights] = useState<readonly RightName[]>(request.rights);
  const [day, setDay] = useState<Date | null>(null);
  /** The first half stays done where the second one fails. */
  const isGranted = useRef(false);
  const grantee = request.requester as Address;
  const { from_at: fromAt, purpose } = request;
  const untilAt = day === null ? request.until_at : Math.min(request.until_at, endAfter(day));
  const isSome = categories.length > 0 && rights.length > 0;
  const asked = { grantee, categories, rights, fromAt, untilAt, purpose: purpose as Purpose };
  return (
    <ActDialog
      title={t.sharing.lessTitle({ name })}
      width="l"
      confirm={t.sharing.signLess}
      isReady={isSome}
      terms={isSome ? signedTerms({ act: "grant", address: grantee, name, ...asked }) : null}
      run={async (options) => {
        if (!isGranted.current) await grant(client, { ...asked, ...options });
        isGranted.current = true;
        await decline(client, { request, ...options });
      }}
      kept={() => (isGranted.current ? t.sharing.lessHalf : undefined)}
      done={t.sharing.doneApprove}
      onDone={refresh}
      onClose={() => {
        if (isGranted.current) void refresh();
        onClose();
      }}
    >
      <Callout>{t.sharing.lessText}</Callout>
      <CategoriesField
        label={t.sharing.what}
        hint={t.sharing.whatHint}
        hintOf={hintOf}
        codes={request.category_codes}
        value={categories}
        onChange={setCategories}
      />
      <RightsField label={t.sharing.may} offered={request.rights} value={rights} onChange={setRights} />
      <DateField
        label={t.sharing.narrowEnd}
        value={day}
        onChange={setDay}
        min={new Date(client.http.now() * 1_000)}
        max={new Date((request.until_at - 1) * 1_000)}
      />
      {isSome ? <GrantSummary name={name} terms={asked} /> : <Callout tone="caution">{t.sharing.lessNeeded}</Callout>}
    </ActDialog>
  );
}
