/** One share in words: what may be done with which part of the record, until when, and what for. */
import { StatusPill } from "../design/StatusPill.tsx";
import { Until } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { type HeldShare, isEndingSoon } from "./held.ts";

type Props = {
  readonly share: HeldShare;
  readonly nameOf: (address: string) => string;
};

export function ShareLine({ share, nameOf }: Props) {
  const t = useText();
  const format = useFormat();
  const { state, untilAt, fromAt, delegator } = share;
  const purposes: Readonly<Record<string, string>> = t.words.purposes;
  const rights = share.rights.map((right) => t.words.rights[right]);
  return (
    <div className="stack-s">
      <p>
        <strong>{rights.length === 0 ? t.clinician.takenBack : format.list(rights)}</strong>
        {": "}
        {format.list(share.categories.map((code) => categoryName(t, code)))}
      </p>
      <p className="row small">
        {isEndingSoon(share, Date.now() / 1_000) && (
          <StatusPill tone="caution" icon="clock">
            {t.clinician.endsSoon}
          </StatusPill>
        )}
        {state === "not_yet" && (
          <StatusPill tone="neutral">{t.clinician.begins({ date: format.date(fromAt) })}</StatusPill>
        )}
        <span className="soft">
          <Until at={untilAt} />
          {share.purpose !== "" && ` · ${purposes[share.purpose] ?? share.purpose}`}
          {delegator !== null && ` · ${t.clinician.passedOnBy({ name: nameOf(delegator) })}`}
        </span>
      </p>
    </div>
  );
}
