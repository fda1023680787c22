/** A tick, and a group of ticks. */
import type { ReactNode } from "react";
import {
  Checkbox as AriaCheckbox,
  CheckboxGroup as AriaCheckboxGroup,
  FieldError,
  Label,
  Text,
} from "react-aria-components";
import { Icon } from "./Icon.tsx";
import type { Option } from "./Option.tsx";
import "./Field.css";

type CheckboxProps = {
  readonly children: ReactNode;
  readonly isSelected: boolean;
  readonly onChange: (selected: boolean) => void;
  readonly hint?: string;
  readonly isDisabled?: boolean;
  /** Some of what it stands for is ticked. */
  readonly isIndeterminate?: boolean;
};

export function Checkbox({ children, hint, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} className="tick">
      <TickMark some={rest.isIndeterminate ?? false} />
      <span className="tick-words">
        <span>{children}</span>
        {hint !== undefined && <span className="field-hint">{hint}</span>}
      </span>
    </AriaCheckbox>
  );
}

type GroupProps<K extends string> = {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly options: readonly Option<K>[];
  readonly value: readonly K[];
  readonly onChange: (value: K[]) => void;
  /** Two beside each other where there is room. */
  readonly columns?: 1 | 2;
  readonly isDisabled?: boolean;
};

export function CheckboxGroup<K extends string>(props: GroupProps<K>) {
  const { label, hint, error, options, value, onChange, columns = 1, isDisabled = false } = props;
  const invalid = error !== undefined && error !== null;
  return (
    <AriaCheckboxGroup
      className="choice-group"
      value={[...value]}
      onChange={(chosen) => onChange(options.map(({ id }) => id).filter((id) => chosen.includes(id)))}
      isDisabled={isDisabled}
      isInvalid={invalid}
    >
      <Label className="field-label">{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <div className="choice-group-items" data-columns={columns}>
        {options.map((option) => (
          <AriaCheckbox
            key={option.id}
            value={option.id}
            className="tick"
            isDisabled={isDisabled || (option.disabled ?? false)}
          >
            <TickMark some={false} />
            <span className="tick-words">
              <span>{option.label}</span>
              {option.hint !== undefined && <span className="field-hint">{option.hint}</span>}
            </span>
          </AriaCheckbox>
        ))}
      </div>
      <FieldError className="field-error">{invalid ? error : undefined}</FieldError>
    </AriaCheckboxGroup>
  );
}

function TickMark({ some }: { readonly some: boolean }) {
  return (
    <span className="tick-mark">
      <Icon name={some ? "minus" : "check"} size={16} />
    </span>
  );
}
