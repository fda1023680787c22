/** How long somebody may: a few usual lengths, or days of one's own. */
import { DateRangeField } from "../design/DateField.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { type HowLong, windowOf } from "./howLong.ts";

const KINDS = ["day", "week", "month", "year", "days"] as const;

type Props = {
  readonly value: HowLong;
  readonly onChange: (value: HowLong) => void;
  /** Unix seconds; whoever passes on can't give longer than they have. */
  readonly latest?: number;
};

export function HowLongField({ value, onChange, latest }: Props) {
  const t = useText();
  const format = useFormat();
  const now = Date.now() / 1_000;
  const choose = (kind: HowLong["kind"]) => {
    if (kind !== "days") return onChange({ kind });
    const from = new Date();
    onChange({ kind, from, to: new Date(from.getTime() + 14 * 86_400_000) });
  };
  const bound = latest === undefined ? {} : { max: new Date(Math.min(latest, now + 400 * 86_400 * 365) * 1_000) };
  return (
    <div className="stack-s">
      <RadioGroup
        label={t.words.howLong.label}
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
          min={new Date()}
          {...bound}
          value={{ from: value.from, to: value.to }}
          onChange={(range) => {
            if (range !== null) onChange({ kind: "days", ...range });
          }}
        />
      )}
    </div>
  );
}
