/** Whether everything is safe, in one sentence and a ring. */
import { Icon } from "../design/Icon.tsx";
import { TimeAgo } from "../design/Times.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Safety } from "./copiesGrid.ts";
import "./health.css";

const RADIUS = 42;
const ROUND = 2 * Math.PI * RADIUS;

export function SafetySentence({ safety }: { readonly safety: Safety }) {
  const t = useText();
  const format = useFormat();
  const { total, safe, hurt, lost, unchecked, checkedAt } = safety;
  const share = total === 0 ? 0 : safe / total;
  const tone = lost > 0 ? "bad" : hurt > 0 ? "caution" : unchecked > 0 || total === 0 ? "neutral" : "good";
  const count = format.number(total);
  const sentence =
    total === 0
      ? t.care.nothing
      : lost > 0
        ? t.care.someLost({ lost: format.number(lost), count })
        : hurt > 0
          ? t.care.someHurt({ hurt: format.number(hurt), count })
          : unchecked === total
            ? t.care.noneChecked
            : unchecked === 0
              ? t.care.allSafe({ count })
              : "";
  const icon = tone === "good" ? "check" : tone === "bad" ? "stop" : tone === "caution" ? "warning" : "clock";
  return (
    <div className="safety" data-tone={tone}>
      <div className="safety-ring">
        <svg viewBox="0 0 100 100" role="img" aria-label={t.care.ringLabel({ share: format.percent(share) })}>
          <circle className="safety-track" cx="50" cy="50" r={RADIUS} />
          <circle
            className="safety-share"
            cx="50"
            cy="50"
            r={RADIUS}
            strokeDasharray={`${share * ROUND} ${ROUND}`}
            transform="rotate(-90 50 50)"
          />
        </svg>
        <span className="safety-icon">
          <Icon name={icon} size={32} />
        </span>
      </div>
      <div className="stack-s">
        <p className="share-sentence">
          {sentence} {unchecked > 0 && unchecked < total && t.care.someUnchecked({ count: format.number(unchecked) })}
        </p>
        {hurt > 0 && <p>{t.care.careIsNormal}</p>}
        {lost > 0 && <p>{t.care.lostHelp}</p>}
        {checkedAt !== null && (
          <p className="soft small">
            {/* The words go on by themselves; the sentence around them is the language's. */}
            <LastChecked at={checkedAt} />
          </p>
        )}
      </div>
    </div>
  );
}

function LastChecked({ at }: { readonly at: number }) {
  const t = useText();
  const mark = "\u0000";
  const [before, after] = t.care.lastChecked({ ago: mark }).split(mark);
  return (
    <>
      {before}
      <TimeAgo at={at} />
      {after}
    </>
  );
}
