/** One out of a few, all in sight: as a plain list, or as cards where each choice needs a sentence. */
import { RadioGroup as AriaRadioGroup, FieldError, Label, Radio, Text } from "react-aria-components";
import { Icon } from "./Icon.tsx";
import type { Option } from "./Option.tsx";
import "./Field.css";

type Props<K extends string> = {
  readonly label: string;
  readonly labelHidden?: boolean;
  readonly hint?: string;
  readonly error?: string | null;
  readonly options: readonly Option<K>[];
  readonly value: K | null;
  readonly onChange: (value: K) => void;
  readonly columns?: 1 | 2;
  readonly isDisabled?: boolean;
};

export function RadioGroup<K extends string>(props: Props<K>) {
  return <Choices {...props} cards={false} />;
}

/** The same as cards. */
export function ChoiceCards<K extends string>(props: Props<K>) {
  return <Choices {...props} cards />;
}

function Choices<K extends string>(props: Props<K> & { readonly cards: boolean }) {
  const { label, labelHidden = false, hint, error, options, value, onChange, columns = 1, isDisabled = false } = props;
  const invalid = error !== undefined && error !== null;
  return (
    <AriaRadioGroup
      className="choice-group"
      value={value}
      onChange={(id) => {
        const chosen = options.find((option) => option.id === id);
        if (chosen !== undefined) onChange(chosen.id);
      }}
      isDisabled={isDisabled}
      isInvalid={invalid}
    >
      <Label className={labelHidden ? "hidden-visually" : "field-label"}>{label}</Label>
      {hint !== undefined && (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      )}
      <div className="choice-group-items" data-columns={columns}>
        {options.map((option) => (
          <Radio
            key={option.id}
            value={option.id}
            className={props.cards ? "choice" : "tick"}
            isDisabled={option.disabled ?? false}
          >
            <span className="tick-mark" data-round />
            {option.icon !== undefined && <Icon name={option.icon} />}
            <span className="tick-words">
              <span className={props.cards ? "choice-title" : ""}>{option.label}</span>
              {option.hint !== undefined && <span className="field-hint">{option.hint}</span>}
            </span>
          </Radio>
        ))}
      </div>
      <FieldError className="field-error">{invalid ? error : undefined}</FieldError>
    </AriaRadioGroup>
  );
}
