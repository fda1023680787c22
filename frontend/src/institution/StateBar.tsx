/** How many stored pieces are in which state: a bar, and the same in words and numbers. */
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { stateWords, worded } from "./recordWords.ts";
import "./institution.css";

const ORDER = ["healthy", "degraded", "damaged", "unreachable", "never stored", "lost"];
const TONES: Readonly<Record<string, Tone>> = {
  healthy: "good",
  degraded: "caution",
  damaged: "caution",
  unreachable: "caution",
  "never stored": "bad",
  lost: "bad",
};

export function stateTone(state: string): Tone {
  return TONES[state] ?? "neutral";
}

export function StateBar({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const t = useText();
  const format = useFormat();
  const states = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([one], [other]) => ORDER.indexOf(one) - ORDER.indexOf(other));
  return (
    <div className="stack-s">
      <div className="state-bar" aria-hidden>
        {states.map(([state, count]) => (
          <span key={state} data-tone={stateTone(state)} style={{ flexGrow: count }} />
        ))}
      </div>
      <ul className="plain-list" aria-label={t.institution.stores.chart}>
        {states.map(([state, count]) => (
          <li key={state} className="line">
            <StatusPill tone={stateTone(state)}>{stateWords(t, state)}</StatusPill>
            <strong className="number">{format.number(count)}</strong>
            <span className="soft small">{worded(t.institution.objectStatesText, state)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
