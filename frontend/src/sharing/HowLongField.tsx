/** How long somebody may: a few usual lengths, or days of one's own. */
import { DateRangeField } from "../design/DateField.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { useClient } from "../session/context.ts";
import { type HowLong, KINDS, windowOf } from "./howLong.ts";

type Props = {
  readonly label: string;
  readonly value: HowLong;
  readonly onChange: (value: HowLong) => void;
  /** Unix seconds; whoever passes on can't give longer than they have. */
  readonly latest?: number;
};

export function HowLongField({ label, value, onChange, latest }: Props) {
  const t = useText();
  const format = useFormat();
  const now = useClient().http.now();
  const today = new Date(now * 1_000);
  const choose = (kind: HowLong["kind"]) => {
    if (kind !== "days") return onChange({ kind });
    onChange({ kind, from: today, to: new Date((now + 14 * 86_400) * 1_000) });
  };
  const bound = latest === undefined ? {} : { max: new Date(Math.min(latest, now + 400 * 86_400 * 365) * 1_000) };
  return (
    <div className="stack-s">
      <RadioGroup
        label={label}
        options={KINDS.map((kind) => {
          const window = kind === "days" ? null : windowOf({ kind }, now, latest);
          const hint =
            window === null ? {} : { hint: t.words.howLong.until({ date: format.dateTime(window.untilAt) }) };
          return { id: kind, label: t.words.howLong[kind], ...hint };
        })}
        value={value.kind}
        onChange={choose}
        columns={2}
      />
      {value.kind === "days" && (
        <DateRangeField
          label={t.words.howLong.range}
          min={today}
          {...bound}
          value={{ from: value.from, to: value.to }}
          error={windowOf(value, now, latest) === null ? t.words.howLong.needed : null}
          onChange={(range) => {
            if (range !== null) onChange({ kind: "days", ...range });
          }}
        />
      )}
    </div>
  );
}
