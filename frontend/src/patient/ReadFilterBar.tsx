/** Who, what, when, and refused ones only. */
import { useState } from "react";
import { Checkbox } from "../design/Checkbox.tsx";
import { endOfDay } from "../design/calendarDay.ts";
import { type DateRange, DateRangeField } from "../design/DateField.tsx";
import { Select } from "../design/Select.tsx";
import { useText } from "../i18n/text.ts";
import type { ReadFilters } from "./reads.ts";
import type { People } from "./usePeople.ts";

const DAYS = { all: null, day: 1, week: 7, month: 30, custom: null } as const;
type Time = keyof typeof DAYS;
const TIMES = Object.keys(DAYS) as Time[];
const ACTS = ["all", "LIST", "OPEN"] as const;
const DAY_S = 86_400;
const EVERYBODY = "everybody";

type Props = {
  readonly filters: ReadFilters;
  readonly onChange: (filters: ReadFilters) => void;
  readonly readers: readonly string[];
  readonly people: People;
};

export function ReadFilterBar({ filters, onChange, readers, people }: Props) {
  const t = useText();
  const [time, setTime] = useState<Time>("all");
  const [days, setDays] = useState<DateRange | null>(null);
  const chooseTime = (chosen: Time, range: DateRange | null) => {
    setTime(chosen);
    setDays(range);
    const count = DAYS[chosen];
    const from = count === null ? null : Math.floor(Date.now() / 1_000) - count * DAY_S;
    if (chosen !== "custom" || range === null) return onChange({ ...filters, from, until: null });
    const until = Math.floor(endOfDay(range.to).getTime() / 1_000) + 1;
    onChange({ ...filters, from: Math.floor(range.from.getTime() / 1_000), until });
  };
  return (
    <div className="stack">
      <div className="filters">
        <Select
          label={t.patient.person}
          options={[
            { id: EVERYBODY, label: t.patient.everybody },
            ...readers.map((id) => ({ id, label: people.called(id) })),
          ]}
          value={filters.reader ?? EVERYBODY}
          onChange={(reader) => onChange({ ...filters, reader: reader === EVERYBODY ? null : reader })}
        />
        <Select
          label={t.patient.act}
          options={ACTS.map((id) => ({ id, label: t.patient.actsFilter[id] }))}
          value={filters.act ?? "all"}
          onChange={(act) => onChange({ ...filters, act: act === "all" ? null : act })}
        />
        <Select
          label={t.patient.time}
          options={TIMES.map((id) => ({ id, label: t.patient.times[id] }))}
          value={time}
          onChange={(chosen) => chooseTime(chosen, days)}
        />
        {time === "custom" && (
          <DateRangeField label={t.patient.days} value={days} onChange={(range) => chooseTime("custom", range)} />
        )}
      </div>
      <Checkbox isSelected={filters.refusedOnly} onChange={(refusedOnly) => onChange({ ...filters, refusedOnly })}>
        {t.patient.onlyRefused}
      </Checkbox>
    </div>
  );
}
