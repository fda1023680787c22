/** A verifier chooses until when, reads what it states, and signs; for who is a clinician already it takes effect at once. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { DataList } from "../design/DataList.tsx";
import { DateField } from "../design/DateField.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { TextField } from "../design/TextField.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Application } from "../node/applications.ts";
import type { Address } from "../node/types.ts";
import { type Expiry, expiresAt } from "./expiry.ts";
import { useSigning } from "./useSigning.ts";

const KINDS = ["halfYear", "year", "twoYears", "own"] as const;
const MARK = /^[0-9a-f]{64}$/;

type Props = {
  readonly clinician: Address;
  readonly name: string | null;
  readonly institution: Address;
  readonly institutionName: string | null;
  /** Null: not known here, and asked for. */
  readonly licenceCommitmentHex: string | null;
  /** Null: a renewal without one. */
  readonly application: Application | null;
  readonly putsIntoEffect: boolean;
  readonly onClose: () => void;
};

export function SignDialog(props: Props) {
  const { clinician, institution, institutionName, licenceCommitmentHex, application, putsIntoEffect, onClose } = props;
  const t = useText();
  const format = useFormat();
  const words = t.institution.verifier;
  const name = props.name ?? shortAddress(clinician);
  const [expiry, setExpiry] = useState<Expiry>({ kind: "year" });
  const [typedMark, setTypedMark] = useState("");
  const signing = useSigning(name, onClose);
  const mark = licenceCommitmentHex ?? typedMark.trim().toLowerCase().replace(/^0x/, "");
  const endsAt = expiresAt(expiry, new Date());
  const isComplete = endsAt !== null && MARK.test(mark);
  const isRunning = signing.step !== null;
  const run = () => {
    if (endsAt === null || !isComplete) return;
    void signing.run(
      { clinician, institution, licenceCommitmentHex: mark, expiresAt: endsAt },
      application,
      putsIntoEffect,
    );
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      isDismissable={!isRunning}
      title={application === null ? words.renewTitle({ name }) : words.signTitle({ name })}
      {...(isRunning
        ? {}
        : {
            actions: (
              <>
                <Button variant="primary" icon="pen" isDisabled={!isComplete} onPress={run}>
                  {words.sign}
                </Button>
                <Button variant="quiet" onPress={onClose}>
                  {t.common.cancel}
                </Button>
              </>
            ),
          })}
    >
      <div className="stack">
        <p>{words.signText}</p>
        <DataList
          items={[
            { term: t.institution.staff.clinician, value: <PersonName address={clinician} name={props.name} copy /> },
            { term: words.institution, value: <PersonName address={institution} name={institutionName} /> },
            ...(licenceCommitmentHex === null
              ? []
              : [{ term: words.mark, value: <code className="small">{licenceCommitmentHex}</code> }]),
          ]}
        />
        {licenceCommitmentHex === null && (
          <TextField
            label={words.markField}
            hint={words.markFieldHint}
            value={typedMark}
            onChange={setTypedMark}
            isDisabled={isRunning}
            error={typedMark === "" || MARK.test(mark) ? null : words.markWrong}
          />
        )}
        <RadioGroup
          label={words.expiry}
          options={KINDS.map((kind) => ({ id: kind, label: words.expiries[kind] }))}
          value={expiry.kind}
          onChange={(kind) => setExpiry(kind === "own" ? { kind, day: null } : { kind })}
          columns={2}
          isDisabled={isRunning || signing.wasKept}
        />
        {expiry.kind === "own" && (
          <DateField
            label={words.until}
            value={expiry.day}
            onChange={(day) => setExpiry({ kind: "own", day })}
            min={new Date()}
            isDisabled={isRunning}
            error={expiry.day !== null && endsAt === null ? words.untilPast : null}
          />
        )}
        {endsAt !== null && (
          <Callout>
            {words.states({
              name,
              institution: institutionName ?? shortAddress(institution),
              until: format.date(endsAt),
            })}
          </Callout>
        )}
        {putsIntoEffect && <p className="soft">{words.alreadyClinician}</p>}
        {signing.step !== null && (
          <ProgressBar
            label={words[signing.step]}
            value={null}
            {...(signing.canStop ? { onCancel: signing.stop } : {})}
          />
        )}
        {signing.error !== null && (
          <ErrorNotice error={signing.error} kept={signing.wasKept ? words.keptSigned : words.kept} />
        )}
      </div>
    </Dialog>
  );
}
