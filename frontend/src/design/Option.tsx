/** One line of a list that opens: of a Select, a ComboBox. */
import { ListBoxItem } from "react-aria-components";
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
            {/* No slots of a label and a description: all that is seen is its name, for who speaks to the screen, too. */}
            <span>{option.label}</span> {option.hint !== undefined && <span className="field-hint">{option.hint}</span>}
          </span>
          {isSelected && <Icon name="check" />}
        </>
      )}
    </ListBoxItem>
  );
}
