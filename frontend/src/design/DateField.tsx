/** A day, or two: typed part by part, or picked from a calendar. Days are those of the person's own time zone. */
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  DateInput,
  DatePicker,
  DateRangePicker,
  DateSegment,
  Dialog,
  FieldError,
  Group,
  Heading,
  Label,
  Popover,
  RangeCalendar,
  Text,
} from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { fromDay, toDay } from "./calendarDay.ts";
import { Icon } from "./Icon.tsx";
import "./Field.css";
import "./DateField.css";

type Common = {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly min?: Date;
  readonly max?: Date;
  readonly isDisabled?: boolean;
};

type DateFieldProps = Common & { readonly value: Date | null; readonly onChange: (day: Date | null) => void };

/** One day; `onChange` gives its first moment. */
export function DateField({ value, onChange, ...rest }: DateFieldProps) {
  return (
    <DatePicker
      className="field"
      value={value === null ? null : toDay(value)}
      onChange={(day) => onChange(day === null ? null : fromDay(day))}
      {...shared(rest)}
    >
      <Words {...rest} />
      <Group className="field-input date-group">
        <DateInput className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-part" />}
        </DateInput>
        <OpenCalendar />
      </Group>
      <FieldError className="field-error">{rest.error ?? undefined}</FieldError>
      <Popover className="popover" offset={4}>
        <Dialog className="calendar-dialog">
          <Calendar className="calendar">
            <CalendarHead />
            <CalendarGrid>{(date) => <CalendarCell date={date} className="calendar-day number" />}</CalendarGrid>
          </Calendar>
        </Dialog>
      </Popover>
    </DatePicker>
  );
}

export type DateRange = { readonly from: Date; readonly to: Date };

type DateRangeProps = Common & {
  readonly value: DateRange | null;
  readonly onChange: (range: DateRange | null) => void;
};

/** From a day to a day, both included; `onChange` gives the first moment of each. */
export function DateRangeField({ value, onChange, ...rest }: DateRangeProps) {
  return (
    <DateRangePicker
      className="field"
      value={value === null ? null : { start: toDay(value.from), end: toDay(value.to) }}
      onChange={(range) => onChange(range === null ? null : { from: fromDay(range.start), to: fromDay(range.end) })}
      {...shared(rest)}
    >
      <Words {...rest} />
      <Group className="field-input date-group">
        <DateInput slot="start" className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-part" />}
        </DateInput>
        <span aria-hidden>–</span>
        <DateInput slot="end" className="date-input">
          {(segment) => <DateSegment segment={segment} className="date-part" />}
        </DateInput>
        <OpenCalendar />
      </Group>
      <FieldError className="field-error">{rest.error ?? undefined}</FieldError>
      <Popover className="popover" offset={4}>
        <Dialog className="calendar-dialog">
          <RangeCalendar className="calendar">
            <CalendarHead />
            <CalendarGrid>{(date) => <CalendarCell date={date} className="calendar-day number" />}</CalendarGrid>
          </RangeCalendar>
        </Dialog>
      </Popover>
    </DateRangePicker>
  );
}

function shared({ min, max, error, isDisabled = false }: Common) {
  return {
    ...(min === undefined ? {} : { minValue: toDay(min) }),
    ...(max === undefined ? {} : { maxValue: toDay(max) }),
    ...(error === undefined || error === null ? {} : { isInvalid: true }),
    isDisabled,
  };
}

function Words({ label, hint }: Common) {
  return (
    <>
      <Label className="field-label">{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
    </>
  );
}

function OpenCalendar() {
  const t = useText();
  return (
    <Button className="icon-button" aria-label={t.common.openCalendar}>
      <Icon name="calendar" />
    </Button>
  );
}

function CalendarHead() {
  const t = useText();
  return (
    <header className="calendar-head">
      <Button slot="previous" className="icon-button" aria-label={t.common.previousMonth}>
        <Icon name="chevronLeft" />
      </Button>
      <Heading />
      <Button slot="next" className="icon-button" aria-label={t.common.nextMonth}>
        <Icon name="chevronRight" />
      </Button>
    </header>
  );
}
