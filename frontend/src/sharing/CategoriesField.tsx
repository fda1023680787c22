/** What of a record: its categories, all of them with one tick. */
import { Checkbox, CheckboxGroup } from "../design/Checkbox.tsx";
import { useText } from "../i18n/text.ts";
import { categoryHint, categoryName } from "../record/categories.ts";

type Props = {
  readonly label: string;
  readonly hint?: string;
  /** Codes that may be chosen. */
  readonly codes: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (codes: string[]) => void;
  readonly error?: string | null;
  /** What is said below a name, instead of what the category is about. */
  readonly hintOf?: (code: string) => string | undefined;
};

export function CategoriesField({ label, hint, codes, value, onChange, error, hintOf }: Props) {
  const t = useText();
  const all = codes.length > 0 && codes.every((code) => value.includes(code));
  return (
    <div className="stack-s">
      <CheckboxGroup
        label={label}
        {...(hint === undefined ? {} : { hint })}
        columns={2}
        options={codes.map((code) => {
          const about = hintOf?.(code) ?? categoryHint(t, code);
          return { id: code, label: categoryName(t, code), ...(about === undefined ? {} : { hint: about }) };
        })}
        value={value}
        onChange={onChange}
        {...(error === undefined ? {} : { error })}
      />
      {codes.length > 2 && (
        <Checkbox
          isSelected={all}
          isIndeterminate={!all && value.length > 0}
          onChange={(selected) => onChange(selected ? [...codes] : [])}
        >
          {t.words.allCategories}
        </Checkbox>
      )}
    </div>
  );
}
