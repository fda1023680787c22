/** A patient who shares with me: what, until when, and what I may do about it. */
import { Card } from "../design/Card.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { Menu, type MenuEntry } from "../design/Menu.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import type { SharingPatient } from "./held.ts";
import { PassedOnList } from "./PassedOnList.tsx";
import type { PassedOn } from "./passedOn.ts";
import { ShareLine } from "./ShareLine.tsx";

export type PatientAct = "name" | "pass_on" | "renounce";

type Props = {
  readonly sharing: SharingPatient;
  readonly nameOf: (address: string) => string | null;
  readonly onAct: (act: PatientAct, sharing: SharingPatient) => void;
  /** Of this patient's record, to others. */
  readonly passedOn: readonly PassedOn[];
  readonly onTakeBack: (one: PassedOn) => void;
};

export function PatientCard({ sharing, nameOf, onAct, passedOn, onTakeBack }: Props) {
  const t = useText();
  const { patient, open, canRead, canAdd, canPassOn } = sharing;
  const name = nameOf(patient);
  const called = (address: string) => nameOf(address) ?? shortAddress(address);
  const acts: MenuEntry[] = [
    {
      id: "name",
      label: name === null ? t.clinician.giveName : t.clinician.changeName,
      icon: "pen",
      onAction: () => onAct("name", sharing),
    },
    ...(canPassOn
      ? [{ id: "pass", label: t.clinician.passOn, icon: "share" as const, onAction: () => onAct("pass_on", sharing) }]
      : []),
    {
      id: "renounce",
      label: t.clinician.renounce,
      icon: "cross",
      danger: true,
      onAction: () => onAct("renounce", sharing),
    },
  ];
  return (
    <Card
      level={3}
      title={<PersonName address={patient} name={name} avatar copy />}
      actions={<Menu label={t.clinician.moreFor({ name: called(patient) })} items={acts} />}
      footer={
        <>
          {canRead && (
            <LinkButton variant="primary" icon="record" href={`/patients/${patient}`}>
              {t.clinician.openRecord}
            </LinkButton>
          )}
          {canAdd && (
            <LinkButton icon="upload" href={`/upload/${patient}`}>
              {t.clinician.addTo}
            </LinkButton>
          )}
        </>
      }
    >
      {open.map((share) => (
        <ShareLine key={share.key} share={share} nameOf={called} />
      ))}
      <PassedOnList called={called(patient)} all={passedOn} nameOf={nameOf} onTakeBack={onTakeBack} />
    </Card>
  );
}
