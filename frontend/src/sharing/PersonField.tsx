/** Somebody: by name out of a list, or by an address that is pasted, typed or comes as a payment code has it. */
import { useState } from "react";
import { isCode } from "../core/errors.ts";
import { ComboBox } from "../design/ComboBox.tsx";
import { useErrorWords } from "../design/ErrorNotice.tsx";
import type { Option } from "../design/Option.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";
import { addressIn } from "./addressText.ts";

type Props = {
  readonly label: string;
  readonly hint?: string;
  /** Who is offered for what is typed. */
  readonly options: readonly Option<Address>[];
  readonly value: Address | null;
  readonly onChange: (address: Address | null) => void;
  /** What is wrong with who was chosen. */
  readonly error?: string | null;
};

export function PersonField({ label, hint, options, value, onChange, error = null }: Props) {
  const t = useText();
  const errorWords = useErrorWords();
  const labelOf = (address: Address) => options.find(({ id }) => id === address)?.label ?? address;
  const [typed, setTyped] = useState(value === null ? "" : labelOf(value));
  const [mistyped, setMistyped] = useState<unknown>(null);
  const take = (text: string) => {
    setTyped(text);
    setMistyped(null);
    // A name chooses by being typed only where no other has the same.
    const named = options.filter((option) => option.label === text);
    try {
      onChange((named.length === 1 ? named[0]?.id : null) ?? addressIn(text));
    } catch (thrown) {
      if (!isCode(thrown, "input")) throw thrown;
      setMistyped(thrown);
      onChange(null);
    }
  };
  const wanted = typed.trim().toLocaleLowerCase();
  const typedAddress = addressOrNull(typed);
  const isChosen = value !== null && (typed === labelOf(value) || typedAddress === value);
  const found = isChosen
    ? options
    : options.filter(({ id, label: name }) => `${name} ${id}`.toLocaleLowerCase().includes(wanted));
  // Whom nobody has a name for is offered by the address: it is as good as any.
  const isUnknown = typedAddress !== null && !found.some(({ id }) => id === typedAddress);
  const shown = isUnknown ? [...found, { id: typedAddress, label: typedAddress }] : found;
  return (
    <ComboBox
      label={label}
      {...(hint === undefined ? {} : { hint })}
      options={shown.map((option) => ({ hint: shortAddress(option.id), ...option }))}
      value={value !== null && shown.some(({ id }) => id === value) ? value : null}
      onChange={(address) => {
        if (address === null) return;
        setTyped(labelOf(address));
        setMistyped(null);
        onChange(address);
      }}
      input={typed}
      onInput={take}
      allowsOther
      placeholder={t.sharing.whoPlaceholder}
      error={mistyped === null ? error : errorWords(mistyped).title}
    />
  );
}

function addressOrNull(text: string): Address | null {
  try {
    return addressIn(text);
  } catch {
    return null;
  }
}
