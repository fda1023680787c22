/** Names for addresses: those that the patient gave, then those of the directory of professionals. */
import { shortAddress } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { professionalRole } from "../sharing/professionalRole.ts";
import { useContacts, useProfessionals } from "../sharing/useNames.ts";

export type People = {
  /** A name, or null where nobody gave one. */
  readonly name: (address: string) => string | null;
  /** A name, or the ends of the address: for sentences. */
  readonly called: (address: string) => string;
  /** "Clinician, North Hospital"; undefined where the directory says nothing. */
  readonly role: (address: string) => string | undefined;
  /** Whether the directory says that they may not work at present; undefined where it says nothing. */
  readonly isInStanding: (address: string) => boolean | undefined;
};

export function usePeople(addresses: readonly string[]): People {
  const client = useClient();
  const t = useText();
  const professionals = useProfessionals(addresses, { keepPrevious: true });
  const contacts = useContacts();
  const known = new Map((professionals.data ?? []).map((one) => [one.address, one]));
  const name = (address: string) => {
    if (address === client.account) return t.common.you;
    return contacts.data?.get(address as Address) ?? known.get(address)?.display_name ?? null;
  };
  return {
    name,
    called: (address) => name(address) ?? shortAddress(address),
    role: (address) => professionalRole(known.get(address), t.words.roles),
    isInStanding: (address) => known.get(address)?.standing.good,
  };
}
