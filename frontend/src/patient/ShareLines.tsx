/** What one person may do, line by line, with what can be changed about it. */
import { Button } from "../design/Button.tsx";
import { Icon } from "../design/Icon.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { Until } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryIcon, categoryName } from "../record/categories.ts";
import { purposeWords } from "../sharing/grantWords.ts";
import { isOpen, type Share, type ShareState } from "./shares.ts";
import type { People } from "./usePeople.ts";
import "./patient.css";

const TONES: Readonly<Record<ShareState, Tone>> = {
  in_force: "good",
  not_yet: "accent",
  ended: "neutral",
  taken_back: "neutral",
};

export type ShareChange = "renew" | "narrow" | "revoke" | "again";

type Props = {
  readonly share: Share;
  readonly people: People;
  readonly onChange?: (change: ShareChange, share: Share) => void;
};

export function ShareLine({ share, people, onChange }: Props) {
  const t = useText();
  const format = useFormat();
  const rights = share.rights.map((right) => t.words.rights[right]);
  const isOwn = share.delegator === null;
  const what = share.categories.map((code) => categoryName(t, code)).join(", ");
  const button = (change: ShareChange, icon: "clock" | "minus" | "stop" | "share", label: string) =>
    onChange !== undefined && (
      <Button
        size="s"
        icon={icon}
        aria-label={`${label}: ${people.called(share.grantee)}, ${what}`}
        onPress={() => onChange(change, share)}
      >
        {label}
      </Button>
    );
  return (
    <div className="share-line">
      <ul className="share-chips" aria-label={t.sharing.what}>
        {share.categories.map((code) => (
          <li key={code} className="share-chip">
            <Icon name={categoryIcon(code)} size={16} />
            {categoryName(t, code)}
          </li>
        ))}
      </ul>
      <div className="share-facts">
        <StatusPill tone={TONES[share.state]}>{t.sharing.states[share.state]}</StatusPill>
        {rights.length > 0 && <span className="share-rights">{format.list(rights)}</span>}
        {share.state === "not_yet" && <span>{t.sharing.beginsOn({ date: format.date(share.fromAt) })}</span>}
        {share.state !== "taken_back" && (
          <span className="share-until">
            <Icon name="clock" size={16} />
            <Until at={share.untilAt} />
          </span>
        )}
        {share.purpose !== "" && (
          <span className="soft">{t.sharing.forPurpose({ purpose: purposeWords(t, share.purpose) })}</span>
        )}
      </div>
      {share.delegator !== null && (
        <p className="soft small">
          {t.sharing.passedOnBy({ name: people.called(share.delegator) })}. {t.sharing.passedOnHint}
        </p>
      )}
      {onChange !== undefined && (
        <div className="row">
          {isOpen(share) && isOwn && button("renew", "clock", t.sharing.renew)}
          {isOpen(share) && isOwn && button("narrow", "minus", t.sharing.narrow)}
          {isOpen(share) && button("revoke", "stop", t.sharing.revoke)}
          {!isOpen(share) && button("again", "share", t.sharing.again)}
        </div>
      )}
    </div>
  );
}
