/** One out of many, found by typing. `onInput` is for asking the node; without it the options are filtered here. */
import {
  ComboBox as AriaComboBox,
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  Popover,
  Text,
} from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { Icon } from "./Icon.tsx";
import { type Option, OptionItem } from "./Option.tsx";
import "./Field.css";

type Props<K extends string> = {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly options: readonly Option<K>[];
  readonly value: K | null;
  readonly onChange: (value: K | null) => void;
  /** What is typed; given, `options` are taken as already filtered. */
  readonly onInput?: (typed: string) => void;
  /** What is typed, where the caller keeps it. */
  readonly input?: string;
  /** Whether options are being looked for. */
  readonly isLoading?: boolean;
  /** Takes what was typed although it is no option: an address, pasted. */
  readonly allowsOther?: boolean;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
};

export function ComboBox<K extends string>(props: Props<K>) {
  const { label, hint, error, options, value, onChange, onInput, input, isLoading = false, placeholder } = props;
  const t = useText();
  const invalid = error !== undefined && error !== null;
  return (
    <AriaComboBox
      className="field"
      {...(onInput === undefined ? { defaultItems: options } : { items: options, onInputChange: onInput })}
      {...(input === undefined ? {} : { inputValue: input })}
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen !== undefined || key === null) onChange(chosen?.id ?? null);
      }}
      allowsEmptyCollection
      allowsCustomValue={props.allowsOther ?? false}
      isDisabled={props.isDisabled ?? false}
      isInvalid={invalid}
      menuTrigger="focus"
    >
      <Label className="field-label">{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <div className="field-row">
        <Input className="field-input" {...(placeholder === undefined ? {} : { placeholder })} />
        <Button className="icon-button field-in-end">
          <Icon name="chevronDown" size={16} />
        </Button>
      </div>
      <FieldError className="field-error">{invalid ? error : undefined}</FieldError>
      <Popover className="popover" offset={4}>
        <ListBox
          className="list-box"
          renderEmptyState={() => (
            <p className="list-empty">{isLoading ? t.common.searching : t.common.nothingFound}</p>
          )}
        >
          {(option: Option<K>) => <OptionItem option={option} />}
        </ListBox>
      </Popover>
    </AriaComboBox>
  );
}
