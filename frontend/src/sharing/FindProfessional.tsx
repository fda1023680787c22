/** Looks professionals up by name while one types, and takes the address of anybody. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { ComboBox } from "../design/ComboBox.tsx";
import { useErrorWords } from "../design/ErrorNotice.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import { findProfessionals, type Professional } from "../node/listProfessionals.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { addressIn } from "./addressText.ts";
import type { Chosen } from "./chosen.ts";
import { professionalRole } from "./professionalRole.ts";

type Props = {
  readonly label: string;
  readonly hint?: string;
  readonly onChange: (chosen: Chosen) => void;
  readonly isOffered?: (one: Professional) => boolean;
  readonly autoFocus: boolean;
};

export function FindProfessional({ label, hint, onChange, isOffered = () => true, autoFocus }: Props) {
  const t = useText();
  const client = useClient();
  const errorWords = useErrorWords();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const search = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: queryKeys.professionals(search),
    queryFn: ({ signal }) => findProfessionals(client, { search, signal }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  const known = (found.data ?? []).filter((one) => one.address !== client.account && isOffered(one));
  const options = known.map((one) => {
    const role = professionalRole(one, t.words.roles);
    return {
      id: one.address,
      label: one.display_name ?? shortAddress(one.address),
      hint: [role ?? t.sharing.whoNoName, ...(one.standing.good ? [] : [t.sharing.whoNotInStanding])].join(" · "),
      icon: one.roles.includes("clinician") ? ("person" as const) : ("hospital" as const),
    };
  });
  // Only an address chooses by being typed: a name may be the beginning of another.
  const take = (text: string) => {
    setTyped(text);
    setError(null);
    try {
      const address = addressIn(text);
      if (address === client.account) setError(t.sharing.whoSelf);
      else if (address !== null) onChange({ address, name: null });
    } catch (thrown) {
      if (!isCode(thrown, "input")) throw thrown;
      setError(errorWords(thrown).title);
    }
  };
  return (
    <ComboBox
      label={label}
      {...(hint === undefined ? {} : { hint })}
      placeholder={t.sharing.whoPlaceholder}
      options={options}
      input={typed}
      onInput={take}
      isLoading={found.isFetching}
      allowsOther
      autoFocus={autoFocus}
      value={null}
      error={error}
      onChange={(address) => {
        const one = known.find((each) => each.address === address);
        if (one !== undefined) onChange({ address: one.address as Address, name: one.display_name });
      }}
    />
  );
}
