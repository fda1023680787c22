/** What an access is for. Each reading says its purpose, and has to be for this one. */
import { Select } from "../design/Select.tsx";
import { useText } from "../i18n/text.ts";
import type { Purpose } from "../node/types.ts";

/** An emergency has a door of its own. */
const OFFERED: readonly Purpose[] = ["TREAT", "CAREMGT", "PATRQT", "HPAYMT", "HOPERAT", "HRESCH", "PUBHLTH"];

type Props = {
  readonly label: string;
  readonly hint?: string;
  readonly value: Purpose;
  readonly onChange: (purpose: Purpose) => void;
  /** Left out: all but an emergency. */
  readonly offered?: readonly Purpose[];
};

export function PurposeField({ label, hint, value, onChange, offered = OFFERED }: Props) {
  const t = useText();
  return (
    <Select
      label={label}
      {...(hint === undefined ? {} : { hint })}
      options={offered.map((purpose) => ({ id: purpose, label: t.words.purposes[purpose] }))}
      value={value}
      onChange={onChange}
    />
  );
}
