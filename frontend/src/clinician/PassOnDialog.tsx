/** Passing on a part of what one may: to whom, what, how long. Never more than one has, never longer, for the same purpose. */
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import type { RightName } from "../core/typedData/consent.ts";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { showToast } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import type { Professional } from "../node/listProfessionals.ts";
import { passOn } from "../node/passOn.ts";
import type { Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { ActStatus } from "../sharing/ActStatus.tsx";
import { CategoriesField } from "../sharing/CategoriesField.tsx";
import type { Chosen } from "../sharing/chosen.ts";
import { HowLongField } from "../sharing/HowLongField.tsx";
import { type HowLong, windowOf } from "../sharing/howLong.ts";
import { ProfessionalField } from "../sharing/ProfessionalField.tsx";
import { RightsField } from "../sharing/RightsField.tsx";
import { useAct } from "../sharing/useAct.ts";
import { useNames } from "../sharing/useNames.ts";
import { boundsOf, passable, type SharingPatient } from "./held.ts";
import { PassOnSummary } from "./PassOnSummary.tsx";

type Props = { readonly sharing: SharingPatient; readonly called: string; readonly onClose: () => void };

const isClinician = (one: Professional) => one.roles.includes("clinician");

export function PassOnDialog({ sharing, called, onClose }: Props) {
  const t = useText();
  const client = useClient();
  const { patient, open } = sharing;
  const offered = [...new Set(passable(open).flatMap(({ categories }) => categories))];
  const [who, setWho] = useState<Chosen | null>(null);
  const grantee = who?.address ?? null;
  const { nameOf } = useNames(grantee === null ? [] : [grantee]);
  const [categories, setCategories] = useState<readonly string[]>(offered.length === 1 ? offered : []);
  const [rights, setRights] = useState<readonly RightName[]>(["READ"]);
  const [howLong, setHowLong] = useState<HowLong>({ kind: "week" });
  const act = useAct([queryKeys.grantsHeld(client.account), queryKeys.grantsPassedOn(client.account)]);
  const bounds = boundsOf(open, categories);
  const given = rights.filter((right) => bounds?.rights.includes(right));
  const window = bounds === null ? null : windowOf(howLong, client.http.now(), bounds.latest);
  const isRunning = act.step !== null;
  const isReady = grantee !== null && bounds !== null && window !== null && given.length > 0;
  const granteeName = grantee === null ? "" : (who?.name ?? nameOf(grantee) ?? shortAddress(grantee));
  const run = async () => {
    if (!isReady) return;
    const purpose = bounds.purpose as Purpose;
    // Worked out anew: it begins when it is signed, however long the choosing took.
    const lasts = windowOf(howLong, client.http.now(), bounds.latest);
    if (lasts === null) return;
    const asked = { patient, grantee, categories, rights: given, purpose, ...lasts };
    if (await act.run((options) => passOn(client, { ...asked, ...options }))) {
      showToast({ title: t.clinician.passedOn, text: granteeName });
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
        <ProfessionalField
          label={t.clinician.passOnWho}
          hint={t.clinician.passOnWhoHint}
          isOffered={isClinician}
          value={who}
          onChange={setWho}
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
            <HowLongField label={t.words.howLong.label} value={howLong} onChange={setHowLong} latest={bounds.latest} />
          </>
        )}
        {isReady && (
          <PassOnSummary
            called={granteeName}
            asked={{
              patient,
              address: grantee,
              name: who?.name ?? nameOf(grantee),
              categories,
              rights: given,
              purpose: bounds.purpose,
              ...window,
            }}
          />
        )}
        <ActStatus act={act} />
      </div>
    </Dialog>
  );
}
