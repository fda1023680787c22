/** What the patient's pages ask the node for about the patient's own record, and how it stays up to date. */
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import type { EventAnswered } from "../generated/api/types.gen.ts";
import { followEvents } from "../node/followEvents.ts";
import { listAccessRequests } from "../node/listAccessRequests.ts";
import { listAllReceipts } from "../node/listAllReceipts.ts";
import { listCategories } from "../node/listCategories.ts";
import { listConsents } from "../node/listConsents.ts";
import { listAllCopies } from "../node/listCopies.ts";
import { listMendings } from "../node/listMendings.ts";
import { listRecords } from "../node/listRecords.ts";
import { listRecordsTold } from "../node/listRecordsTold.ts";
import type { Address } from "../node/types.ts";
import { useClient } from "../session/context.ts";

export function useConsents() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: queryKeys.consents(patient),
    queryFn: ({ signal }) => listConsents(client, { patient, signal }),
  });
}

export function useAccessRequests() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: queryKeys.accessRequests(patient),
    queryFn: ({ signal }) => listAccessRequests(client, { patient, signal }),
  });
}

export function useReceipts() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: queryKeys.receipts(patient),
    queryFn: ({ signal }) => listAllReceipts(client, { patient, signal }),
  });
}

/** Where the records are and of which category, without their titles: quick, for counts. */
export function useRecordsTold() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: [...queryKeys.events(patient), "records-told"],
    queryFn: ({ signal }) => listRecordsTold(client, { patient, signal }),
  });
}

/** The records with their titles, proven and opened here; the patient signs nothing for it. The record's pages keep the same. */
export function useTitledRecords() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: queryKeys.records(patient, patient),
    queryFn: ({ signal }) => listRecords(client, { patient, purpose: "PATRQT", signal }),
    // Asked for again when something new is in the record: see `refreshAfter`.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
  });
}

export function useCopies() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: queryKeys.copies(patient),
    queryFn: ({ signal }) => listAllCopies(client, { patient, signal }),
  });
}

/** The last hundred things that were mended. */
export function useMendings() {
  const client = useClient();
  const patient = client.account;
  return useQuery({
    queryKey: queryKeys.mendings(patient),
    queryFn: ({ signal }) => listMendings(client, { patient, limit: 100, signal }),
  });
}

/** Codes of all categories, in the chain's order. */
export function useCategoryCodes(): readonly string[] {
  const client = useClient();
  const found = useQuery({
    queryKey: queryKeys.categories(),
    queryFn: ({ signal }) => listCategories(client, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return found.data?.map(({ code }) => code) ?? [];
}

/** How many records each category has, by code. */
export function useCategoryCounts(): ReadonlyMap<string, number> {
  const told = useRecordsTold();
  const counts = new Map<string, number>();
  for (const { category_code } of told.data ?? []) counts.set(category_code, (counts.get(category_code) ?? 0) + 1);
  return counts;
}

/** While a page is open: what happens to the record is asked for again as soon as it happened. */
export function useLiveRecord(): void {
  const client = useClient();
  const queries = useQueryClient();
  useEffect(() => {
    const patient = client.account;
    return followEvents(client, { patient, onEvent: (event) => refreshAfter(queries, patient, event) });
  }, [client, queries]);
}

function refreshAfter(queries: QueryClient, patient: Address, { kind }: EventAnswered): void {
  const stale = (queryKey: readonly unknown[]) => void queries.invalidateQueries({ queryKey });
  if (kind === "receipt") stale(queryKeys.receipts(patient));
  if (kind.startsWith("Consent.")) {
    stale(queryKeys.consents(patient));
    stale(queryKeys.accessRequests(patient));
  }
  if (kind === "Records.EntryAdded") {
    stale(queryKeys.records(patient, patient));
    stale(queryKeys.events(patient));
  }
  if (kind === "Records.PathMended") {
    stale(queryKeys.mendings(patient));
    stale(queryKeys.copies(patient));
  }
}

/** After an act of the patient's own: everything about permissions is asked for again. */
export function useRefreshConsents(): () => Promise<void> {
  const { account } = useClient();
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: queryKeys.consents(account) }),
      queries.invalidateQueries({ queryKey: queryKeys.accessRequests(account) }),
    ]);
  };
}
