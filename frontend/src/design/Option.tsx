/** One line of a list that opens: of a Select, a ComboBox. */
import { ListBoxItem, Text } from "react-aria-components";
import { Icon, type IconName } from "./Icon.tsx";

/** What can be chosen: `hint` says more in small words. */
export type Option<K extends string = string> = {
  readonly id: K;
  readonly label: string;
  readonly hint?: string;
  readonly icon?: IconName;
  readonly disabled?: boolean;
};

export function OptionItem({ option }: { readonly option: Option }) {
  return (
    <ListBoxItem id={option.id} textValue={option.label} className="list-item" isDisabled={option.disabled ?? false}>
      {({ isSelected }) => (
        <>
          {option.icon !== undefined && <Icon name={option.icon} />}
          <span className="list-item-words">
            <Text slot="label">{option.label}</Text>
            {option.hint !== undefined && (
              <Text slot="description" className="field-hint">
                {option.hint}
              </Text>
            )}
          </span>
          {isSelected && <Icon name="check" />}
        </>
      )}
    </ListBoxItem>
  );
}
