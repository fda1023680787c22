/** The first choice: a professional by name, or anybody by their address. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { parseAddress } from "../core/ids.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ComboBox } from "../design/ComboBox.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import { findProfessionals, listProfessionals } from "../node/listProfessionals.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { professionalRole } from "./usePeople.ts";

export type Chosen = { readonly address: Address; readonly name: string | null };

type Props = { readonly value: Chosen | null; readonly onChange: (chosen: Chosen | null) => void };

/** An address as it was pasted: with spaces around it, or as a wallet's code says it. */
export function addressIn(text: string): Address | null {
  const found = /^\s*(?:ethereum:)?(0x[0-9a-fA-F]{40})(?:@\d+)?\s*$/.exec(text)?.[1];
  if (found === undefined) return null;
  try {
    return parseAddress(found) as Address;
  } catch {
    return null;
  }
}

export function ChooseWho({ value, onChange }: Props) {
  return value === null ? (
    <FindSomebody onChange={onChange} />
  ) : (
    <ChosenPerson chosen={value} onChangeAsked={() => onChange(null)} />
  );
}

function FindSomebody({ onChange }: { readonly onChange: (chosen: Chosen) => void }) {
  const t = useText();
  const client = useClient();
  const [typed, setTyped] = useState("");
  const search = typed.trim();
  const found = useQuery({
    queryKey: queryKeys.professionals(search),
    queryFn: ({ signal }) => findProfessionals(client, { search, signal }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
  const known = (found.data ?? []).filter(({ address }) => address !== client.account);
  const options = known.map((one) => {
    const role = professionalRole(one, t.words.roles);
    return {
      id: one.address,
      label: one.display_name ?? shortAddress(one.address),
      hint: [role ?? t.sharing.whoNoName, ...(one.standing.good ? [] : [t.sharing.whoNotInStanding])].join(" · "),
      icon: one.roles.includes("clinician") ? ("person" as const) : ("hospital" as const),
    };
  });
  return (
    <ComboBox
      label={t.sharing.who}
      hint={t.sharing.whoHint}
      placeholder={t.sharing.whoPlaceholder}
      options={options}
      input={typed}
      onInput={(text) => {
        setTyped(text);
        const address = addressIn(text);
        if (address !== null && address !== client.account) onChange({ address, name: null });
      }}
      isLoading={found.isFetching}
      allowsOther
      value={null}
      error={addressIn(typed) === client.account ? t.sharing.whoSelf : null}
      onChange={(address) => {
        const one = known.find((each) => each.address === address);
        if (one !== undefined) onChange({ address: one.address as Address, name: one.display_name });
      }}
    />
  );
}

function ChosenPerson({ chosen, onChangeAsked }: { readonly chosen: Chosen; readonly onChangeAsked: () => void }) {
  const t = useText();
  const client = useClient();
  const { address } = chosen;
  const found = useQuery({
    queryKey: queryKeys.professionalsOf([address]),
    queryFn: ({ signal }) => listProfessionals(client, { addresses: [address], signal }),
  });
  const known = found.data?.[0];
  const role = professionalRole(known, t.words.roles);
  return (
    <div className="stack-s">
      <span className="field-label">{t.sharing.who}</span>
      <div className="row-spread">
        <PersonName
          address={address}
          name={chosen.name ?? known?.display_name ?? null}
          avatar
          copy
          {...(role === undefined ? {} : { role })}
        />
        {/* What was typed into is gone: whoever goes by keyboard goes on here. */}
        <Button size="s" autoFocus onPress={onChangeAsked}>
          {t.sharing.whoChange}
        </Button>
      </div>
      {found.isSuccess && known === undefined && <Callout tone="caution">{t.sharing.whoUnknown}</Callout>}
      {known?.standing.good === false && <Callout tone="caution">{t.sharing.whoNotInStanding}</Callout>}
    </div>
  );
}
