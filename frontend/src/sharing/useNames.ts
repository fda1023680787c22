/** What people are called here: by the name that one gave them, else by the one that the directory has. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { queryKeys } from "../app/queryKeys.ts";
import { readContacts } from "../node/contacts.ts";
import { listProfessionals, type Professional } from "../node/listProfessionals.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";

const FRESH_MS = 5 * 60_000;

/** One's own names for addresses, from the safe. */
export function useContacts() {
  const client = useClient();
  return useQuery({
    queryKey: queryKeys.contacts(client.account),
    queryFn: ({ signal }) => readContacts(client, { signal }),
    staleTime: FRESH_MS,
  });
}

/**
 * What the directory says of these addresses; each is asked for once, whatever their order.
 *
 * `keepPrevious`: while others are asked for, what was known before stays.
 */
export function useProfessionals(addresses: readonly string[], { keepPrevious = false } = {}) {
  const client = useClient();
  const wanted = [...new Set(addresses)].sort() as Address[];
  return useQuery({
    queryKey: queryKeys.professionalsOf(wanted),
    queryFn: ({ signal }) => listProfessionals(client, { addresses: wanted, signal }),
    staleTime: FRESH_MS,
    enabled: wanted.length > 0,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
}

export type Names = {
  /** Null where nobody gave them a name. */
  readonly nameOf: (address: string) => string | null;
  readonly professionalOf: (address: string) => Professional | null;
};

/** Names of these addresses. Patients have none but the one that one gave them oneself. */
export function useNames(addresses: readonly string[]): Names {
  const contacts = useContacts();
  const professionals = useProfessionals(addresses);
  const professionalOf = (address: string) => professionals.data?.find((one) => one.address === address) ?? null;
  return {
    nameOf: (address) => contacts.data?.get(address as Address) ?? professionalOf(address)?.display_name ?? null,
    professionalOf,
  };
}
