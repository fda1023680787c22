/** One out of a few that are known. More than ten: ComboBox. Two or three: ChoiceCards. */
import {
  Select as AriaSelect,
  Button,
  FieldError,
  Label,
  ListBox,
  Popover,
  SelectValue,
  Text,
} from "react-aria-components";
import { Icon } from "./Icon.tsx";
import { type Option, OptionItem } from "./Option.tsx";
import "./Field.css";

type Props<K extends string> = {
  readonly label: string;
  readonly labelHidden?: boolean;
  readonly hint?: string;
  readonly error?: string | null;
  readonly options: readonly Option<K>[];
  readonly value: K | null;
  readonly onChange: (value: K) => void;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
};

export function Select<K extends string>(props: Props<K>) {
  const { label, labelHidden = false, hint, error, options, value, onChange, placeholder, isDisabled = false } = props;
  const invalid = error !== undefined && error !== null;
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen !== undefined) onChange(chosen.id);
      }}
      isDisabled={isDisabled}
      isInvalid={invalid}
      {...(placeholder === undefined ? {} : { placeholder })}
    >
      <Label className={labelHidden ? "hidden-visually" : "field-label"}>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <Button className="field-input field-select">
        <SelectValue>
          {({ selectedText, defaultChildren, isPlaceholder }) => (isPlaceholder ? defaultChildren : selectedText)}
        </SelectValue>
        <Icon name="chevronDown" size={16} />
      </Button>
      <FieldError className="field-error">{invalid ? error : undefined}</FieldError>
      <Popover className="popover" offset={4}>
        <ListBox className="list-box" items={options}>
          {(option) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
