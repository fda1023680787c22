/** Passing on a part of what one may: to whom, what, how long. Never more than one has, never longer, for the same purpose. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import type { RightName } from "../core/typedData/consent.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { showToast } from "../design/toasts.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { findProfessionals } from "../node/listProfessionals.ts";
import { passOn } from "../node/passOn.ts";
import type { Address, Purpose } from "../node/types.ts";
import { categoryName } from "../record/categories.ts";
import { useClient } from "../session/context.ts";
import { ActStatus } from "../sharing/ActStatus.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import { HowLongField } from "../sharing/HowLongField.tsx";
import { type HowLong, windowOf } from "../sharing/howLong.ts";
import { PersonField } from "../sharing/PersonField.tsx";
import { RightsField } from "../sharing/RightsField.tsx";
import { useAct } from "../sharing/useAct.ts";
import { boundsOf, passable, type SharingPatient } from "./held.ts";

type Props = { readonly sharing: SharingPatient; readonly called: string; readonly onClose: () => void };

export function PassOnDialog({ sharing, called, onClose }: Props) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const { patient, open } = sharing;
  const offered = [...new Set(passable(open).flatMap(({ categories }) => categories))];
  const [grantee, setGrantee] = useState<Address | null>(null);
  const [typed, setTyped] = useState("");
  const [categories, setCategories] = useState<readonly string[]>(offered.length === 1 ? offered : []);
  const [rights, setRights] = useState<readonly RightName[]>(["READ"]);
  const [howLong, setHowLong] = useState<HowLong>({ kind: "week" });
  const act = useAct([queryKeys.grantsHeld(client.account)]);
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: queryKeys.professionals(search),
    queryFn: ({ signal }) => findProfessionals(client, { search, signal }),
    placeholderData: (before) => before,
  });
  const people = (found.data ?? []).filter((one) => one.roles.includes("clinician") && one.address !== client.account);
  const bounds = boundsOf(open, categories);
  const given = rights.filter((right) => bounds?.rights.includes(right));
  const window = bounds === null ? null : windowOf(howLong, Date.now() / 1_000, bounds.latest);
  const isRunning = act.step !== null;
  const isReady = grantee !== null && bounds !== null && window !== null && given.length > 0;
  const nameOf = (address: Address) =>
    people.find((one) => one.address === address)?.display_name ?? shortAddress(address);
  const run = async () => {
    if (!isReady) return;
    const purpose = bounds.purpose as Purpose;
    const asked = { patient, grantee, categories, rights: given, purpose, ...window };
    if (await act.run((options) => passOn(client, { ...asked, ...options }))) {
      showToast({ title: t.clinician.passedOn, text: nameOf(grantee) });
      onClose();
    }
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="l"
      title={t.clinician.passOnTitle({ name: called })}
      isDismissable={!isRunning}
      actions={
        <>
          <Button variant="primary" isPending={isRunning} isDisabled={!isReady} onPress={() => void run()}>
            {t.clinician.passOnAction}
          </Button>
          <Button variant="quiet" isDisabled={isRunning} onPress={onClose}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      <div className="stack-l">
        <p>{t.clinician.passOnText}</p>
        <PersonField
          label={t.clinician.passOnWho}
          hint={t.clinician.passOnWhoHint}
          options={people.map((one) => ({
            id: one.address as Address,
            label: one.display_name ?? shortAddress(one.address),
            ...(one.institution?.display_name ? { hint: one.institution.display_name } : {}),
          }))}
          onInput={setTyped}
          isLoading={found.isFetching}
          value={grantee}
          onChange={setGrantee}
          error={grantee === client.account ? t.clinician.notYourself : null}
        />
        <CategoriesField
          label={t.clinician.passOnWhat}
          codes={offered}
          value={categories}
          onChange={setCategories}
          error={categories.length > 0 && bounds === null ? t.clinician.passOnPurposes : null}
        />
        {bounds !== null && (
          <>
            <RightsField label={t.clinician.passOnRights} offered={bounds.rights} value={given} onChange={setRights} />
            <HowLongField value={howLong} onChange={setHowLong} latest={bounds.latest} />
          </>
        )}
        {isReady && (
          <Callout>
            {t.clinician.passOnSummary({
              name: nameOf(grantee),
              rights: format.list(given.map((right) => t.words.rights[right])),
              categories: format.list(categories.map((code) => categoryName(t, code))),
              until: format.dateTime(window.untilAt),
            })}
          </Callout>
        )}
        <ActStatus act={act} />
      </div>
    </Dialog>
  );
}
