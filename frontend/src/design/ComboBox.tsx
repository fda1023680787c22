/** One out of many, found by typing. `onInput` is for asking the node; without it the options are filtered here. */
import { useLayoutEffect, useRef, useState } from "react";
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
import { type Choice, choiceOf, textAfter } from "./comboChoice.ts";
import { Icon } from "./Icon.tsx";
import { keepReadable } from "./keepReadable.ts";
import { type Option, OptionItem } from "./Option.tsx";
import "./Field.css";

type Props<K extends string> = {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | null;
  readonly options: readonly Option<K>[];
  readonly value: K | null;
  /** Null where what was chosen is taken out again. */
  readonly onChange: (value: K | null) => void;
  /** What is typed; given, `options` are taken as already filtered. */
  readonly onInput?: (typed: string) => void;
  /** What is typed, where the caller keeps it. */
  readonly input?: string;
  /** Whether options are being looked for. */
  readonly isLoading?: boolean;
  /** Leaves what was typed although it is no option: an address, pasted. */
  readonly allowsOther?: boolean;
  readonly placeholder?: string;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
};

export function ComboBox<K extends string>(props: Props<K>) {
  const { label, hint, error, options, value, onChange, onInput, input, isLoading = false, placeholder } = props;
  const t = useText();
  const invalid = error !== undefined && error !== null;
  // Text and choice are both kept here: the library empties the text as soon as what was chosen is among the options no more.
  const [chosen, setChosen] = useState<Choice<K>>(() => choiceOf(options, value));
  const [own, setOwn] = useState(chosen.label);
  if (chosen.id !== value) {
    const now = choiceOf(options, value);
    setChosen(now);
    setOwn(textAfter(own, chosen, now));
  }
  const typed = input ?? own;
  const write = (text: string) => {
    setOwn(text);
    onInput?.(text);
  };
  const type = (text: string) => {
    write(text);
    if (text === "" && value !== null) onChange(null);
  };
  const choose = (key: unknown) => {
    const option = options.find(({ id }) => id === key);
    if (option !== undefined && option.id !== value) {
      setChosen(option);
      setOwn(option.label);
      onChange(option.id);
    } else if (props.allowsOther !== true && typed !== chosen.label) {
      // Left with half a word in it: what is chosen is said again.
      write(chosen.label);
    }
  };
  const field = useRef<HTMLDivElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  useLayoutEffect(() => (isOpen && field.current !== null ? keepReadable(field.current) : undefined), [isOpen]);
  return (
    <AriaComboBox
      ref={field}
      className="field"
      {...(onInput === undefined ? { defaultItems: options } : { items: options })}
      inputValue={typed}
      onInputChange={type}
      value={value}
      onChange={choose}
      onOpenChange={setIsOpen}
      allowsEmptyCollection
      allowsCustomValue={props.allowsOther ?? false}
      isDisabled={props.isDisabled ?? false}
      isInvalid={invalid}
      autoFocus={props.autoFocus ?? false}
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
