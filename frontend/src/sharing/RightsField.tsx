/** What somebody may do: read, add, pass on. */
import type { RightName } from "../core/typedData/consent.ts";
import { CheckboxGroup } from "../design/Checkbox.tsx";
import { useText } from "../i18n/text.ts";

type Props = {
  readonly label: string;
  readonly value: readonly RightName[];
  readonly onChange: (rights: RightName[]) => void;
  /** Left out: all three. */
  readonly offered?: readonly RightName[];
  readonly error?: string | null;
};

const ALL: readonly RightName[] = ["READ", "UPLOAD", "SHARE"];

export function RightsField({ label, value, onChange, offered = ALL, error }: Props) {
  const t = useText();
  return (
    <CheckboxGroup
      label={label}
      options={ALL.filter((right) => offered.includes(right)).map((right) => ({
        id: right,
        label: t.words.rights[right],
        hint: t.words.rightsHints[right],
      }))}
      value={value}
      onChange={onChange}
      {...(error === undefined ? {} : { error })}
    />
  );
}
