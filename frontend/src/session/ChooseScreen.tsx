/** Who are you: the wallets of this browser, and in the demo world its people. */
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Callout } from "../design/Callout.tsx";
import { Card } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Icon } from "../design/Icon.tsx";
import { Avatar } from "../design/PersonName.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useText } from "../i18n/text.ts";
import type { DemoPerson } from "../wallet/demoWallet.ts";
import { useSessionParts } from "./context.ts";
import { Remaining } from "./Remaining.tsx";
import type { SessionState } from "./state.ts";
import "./Screen.css";

type Props = { readonly state: Extract<SessionState, { phase: "choosing" }> };

export function ChooseScreen({ state }: Props) {
  const t = useText();
  useEffect(() => {
    document.title = t.common.productName;
  }, [t]);
  const notice = state.notice === null ? null : t.session.notices[state.notice];
  return (
    <div className="welcome">
      <div className="welcome-promise">
        <h1>{t.session.promiseTitle}</h1>
        <p className="screen-text">{t.session.promiseText}</p>
        <ul className="welcome-points">
          {t.session.points.map((point) => (
            <li key={point}>
              <Icon name="check" />
              <span>{point}</span>
            </li>
          ))}
        </ul>
      </div>
      <div className="stack">
        {notice !== null && (
          <Callout tone="caution" title={notice.title} isAlert>
            {notice.text}
          </Callout>
        )}
        <Remaining remains={state.remains} />
        {state.error !== null && <ErrorNotice error={state.error} />}
        {state.demo === null ? (
          <Card title={t.wallet.chooseTitle}>
            <p className="soft">{t.wallet.chooseText}</p>
            <WalletDoors />
          </Card>
        ) : (
          <>
            <Card title={t.wallet.demoTitle}>
              <p className="soft">{t.wallet.demoText}</p>
              <DemoDoors people={state.demo} />
            </Card>
            <Disclosure title={t.wallet.demoOther} level={2}>
              <Card>
                <p className="soft">{t.wallet.chooseText}</p>
                <WalletDoors />
              </Card>
            </Disclosure>
          </>
        )}
      </div>
    </div>
  );
}

const LOOKS_FOR_MS = 800;

function WalletDoors() {
  const t = useText();
  const { wallets, controller } = useSessionParts();
  const choices = useSyncExternalStore(wallets.subscribe, wallets.list);
  const [looking, setLooking] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setLooking(false), LOOKS_FOR_MS);
    return () => clearTimeout(timer);
  }, []);
  if (choices.length === 0) {
    return looking ? (
      <Spinner label={t.wallet.looking} />
    ) : (
      <Callout title={t.wallet.none}>{t.wallet.noneText}</Callout>
    );
  }
  return (
    <ul className="doors">
      {choices.map((choice) => (
        <li key={choice.id}>
          <AriaButton className="door" onPress={() => void controller.chooseWallet(choice)}>
            {choice.icon === null ? <Icon name="wallet" size={32} /> : <img src={choice.icon} alt="" />}
            <span className="door-title">{t.wallet.continueWith({ name: choice.name })}</span>
            <Icon name="arrowRight" />
          </AriaButton>
        </li>
      ))}
    </ul>
  );
}

/** The people whose pages there are; the rest of that world signs in nowhere. */
const SHOWN_ROLES = ["patient", "clinician", "institution", "verifier"] as const;

function DemoDoors({ people }: { readonly people: readonly DemoPerson[] }) {
  const t = useText();
  const { controller } = useSessionParts();
  const roleOf = (person: DemoPerson) => SHOWN_ROLES.find((role) => role === person.role) ?? null;
  return (
    <ul className="doors">
      {people.map((person) => {
        const role = roleOf(person);
        return (
          <li key={person.address}>
            <AriaButton className="door" onPress={() => void controller.chooseDemo(person)}>
              <Avatar address={person.address} name={person.name} />
              <span className="door-words">
                <span className="door-title">{person.name}</span>
                {role !== null && t.common.roles[role].toLowerCase() !== person.name.toLowerCase() && (
                  <span className="soft small">{t.common.roles[role]}</span>
                )}
              </span>
              <Icon name="arrowRight" />
            </AriaButton>
          </li>
        );
      })}
    </ul>
  );
}
