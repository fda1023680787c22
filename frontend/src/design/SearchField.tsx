/** Searches in what is shown. Its label may be hidden where the magnifying glass says it. */
import { SearchField as AriaSearchField, Button, Input, Label, type SearchFieldProps } from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { Icon } from "./Icon.tsx";
import "./Field.css";

type Props = Omit<SearchFieldProps, "className" | "style" | "children"> & {
  readonly label: string;
  readonly labelHidden?: boolean;
  readonly placeholder?: string;
};

export function SearchField({ label, labelHidden = false, placeholder, ...rest }: Props) {
  const t = useText();
  return (
    <AriaSearchField {...rest} className="field search-field">
      <Label className={labelHidden ? "hidden-visually" : "field-label"}>{label}</Label>
      <div className="field-row">
        <Icon name="search" />
        <Input className="field-input" {...(placeholder === undefined ? {} : { placeholder })} />
        <Button className="icon-button field-in-end" aria-label={t.common.clear}>
          <Icon name="cross" size={16} />
        </Button>
      </div>
    </AriaSearchField>
  );
}
