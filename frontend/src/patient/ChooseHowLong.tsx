/** The third choice: for how long. */
import { DateRangeField } from "../design/DateField.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { useText } from "../i18n/text.ts";
import { LENGTHS, type PeriodChoice, periodOf } from "./period.ts";

type Props = {
  readonly value: PeriodChoice;
  readonly onChange: (choice: PeriodChoice) => void;
  /** The last day that may be chosen. */
  readonly max?: Date;
};

export function ChooseHowLong({ value, onChange, max }: Props) {
  const t = useText();
  const isWrong = value.length === "custom" && value.days !== null && periodOf(value) === null;
  return (
    <div className="stack-s">
      <RadioGroup
        label={t.sharing.howLong}
        options={LENGTHS.map((id) => ({ id, label: t.sharing.lengths[id] }))}
        value={value.length}
        onChange={(length) => onChange({ ...value, length })}
        columns={2}
      />
      {value.length === "custom" && (
        <DateRangeField
          label={t.sharing.days}
          value={value.days}
          min={new Date()}
          {...(max === undefined ? {} : { max })}
          error={isWrong ? t.sharing.daysNeeded : null}
          onChange={(days) => onChange({ ...value, days })}
        />
      )}
    </div>
  );
}
