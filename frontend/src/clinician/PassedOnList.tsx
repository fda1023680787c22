/** What I passed on of a patient's record: to whom, what, until when; and the way to take it back. */
import { Button } from "../design/Button.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { useText } from "../i18n/text.ts";
import type { PassedOn } from "./passedOn.ts";
import { ShareLine } from "./ShareLine.tsx";
import "./PatientsPage.css";

type Props = {
  /** Whose record it is of. */
  readonly called: string;
  readonly all: readonly PassedOn[];
  readonly nameOf: (address: string) => string | null;
  readonly onTakeBack: (one: PassedOn) => void;
};

export function PassedOnList({ called, all, nameOf, onTakeBack }: Props) {
  const t = useText();
  if (all.length === 0) return null;
  return (
    <section className="passed-on" aria-label={t.clinician.passedOnOf({ name: called })}>
      <h4>{t.clinician.passedOnTitle}</h4>
      <ul className="ended-patients">
        {all.map((one) => (
          <li key={one.grantee} className="stack-s">
            <PersonName address={one.grantee} name={nameOf(one.grantee)} />
            {one.open.map((share) => (
              // By whom is said by the heading.
              <ShareLine key={share.key} share={{ ...share, delegator: null }} nameOf={(address) => address} />
            ))}
            {one.open.some(({ state }) => state === "ended") && (
              <StatusPill tone="neutral" icon="clock">
                {t.clinician.rests}
              </StatusPill>
            )}
            <div>
              <Button size="s" icon="cross" onPress={() => onTakeBack(one)}>
                {t.clinician.takeBackFrom({ name: nameOf(one.grantee) ?? shortAddress(one.grantee) })}
              </Button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
