/** What people are called here: by the name that one gave them oneself, else by the one that the directory tells. */
import { useMemo } from "react";
import { shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { useContacts, useProfessionals } from "../sharing/useNames.ts";

export type People = {
  /** Words to show; the ends of the address where nobody has a name for them. */
  readonly nameOf: (address: Address) => string;
  /** The institution of a clinician; null for everybody else. */
  readonly institutionOf: (address: Address) => string | null;
};

/** @param patient is called "you" by themself, and "the patient" by a reader who has no other name for them. */
export function usePeople(addresses: readonly Address[], patient: Address): People {
  const t = useText();
  const { account } = useClient();
  const others = useMemo(
    () => addresses.filter((one) => one !== patient && one !== account),
    [addresses, patient, account],
  );
  const contacts = useContacts();
  const professionals = useProfessionals(others);
  return useMemo(() => {
    const told = new Map((professionals.data ?? []).map((one) => [one.address as Address, one]));
    return {
      nameOf: (address) => {
        if (address === account) return t.common.you;
        const own = contacts.data?.get(address) ?? told.get(address)?.display_name;
        return own ?? (address === patient ? t.record.byPatient : shortAddress(address));
      },
      institutionOf: (address) => told.get(address)?.institution?.display_name ?? null,
    };
  }, [professionals.data, contacts.data, account, patient, t]);
}
