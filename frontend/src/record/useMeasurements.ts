/**
 * Opens many entries for the numbers in them. A part that fails is opened one by one where that costs no signature, and what
 * was opened is drawn while the rest is still coming. Nothing is kept but the resources, in memory.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { isCode } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { nameOfCodes, useClinical } from "../i18n/clinical.ts";
import { openRecords } from "../node/openRecords.ts";
import type { Client, ListedRecord, OpenedRecord, Purpose } from "../node/types.ts";
import { useClient } from "../session/context.ts";
import { collectSeries, type Series, type Sourced } from "../viewers/series/collectSeries.ts";
import { entryKey } from "./recordIndex.ts";

const KEPT_MS = 60_000;
/** Of a patient's own: small enough that the first numbers are soon there. */
const PART = 48;

export type Measurements = {
  readonly series: readonly Series[];
  readonly isOpening: boolean;
  /** How many of `records` were tried. */
  readonly done: number;
  readonly failed: number;
  readonly error: unknown;
  readonly start: () => void;
  readonly cancel: () => void;
};

type Found = { readonly resources: readonly Sourced[]; readonly done: number; readonly failed: number };

const NOTHING: Found = { resources: [], done: 0, failed: 0 };

/** @param records in the order in which they are opened. */
export function useMeasurements(records: readonly ListedRecord[], purpose: Purpose): Measurements {
  const clinical = useClinical();
  const client = useClient();
  const queries = useQueryClient();
  const [found, setFound] = useState<Found>(NOTHING);
  const patient = records[0]?.patient ?? client.account;
  const isOwn = patient === client.account;
  const names = useMemo(() => records.map(entryKey).join(" "), [records]);
  const queryKey = [...queryKeys.opened(patient, -1, null), client.account, purpose, names] as const;
  const query = useQuery({
    queryKey,
    queryFn: async ({ signal }) => {
      const reading = isOwn ? openOwn(client, records, purpose, signal) : openOthers(client, records, purpose, signal);
      let last = NOTHING;
      setFound(NOTHING);
      for await (const next of reading) {
        last = next;
        setFound(next);
      }
      return last;
    },
    enabled: isOwn && records.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: KEPT_MS,
    refetchOnReconnect: false,
    refetchOnWindowFocus: false,
    retry: false,
  });
  const shown = query.data ?? found;
  const series = useMemo(
    () => collectSeries(shown.resources, (codes) => nameOfCodes(clinical, codes)),
    [shown.resources, clinical],
  );
  return {
    series,
    isOpening: query.isFetching,
    done: shown.done,
    failed: shown.failed,
    error: query.isFetching ? null : query.error,
    start: () => void query.refetch({ cancelRefetch: false }),
    cancel: () => void queries.cancelQueries({ queryKey, exact: true }),
  };
}

/** One call: as few signatures as there can be. */
async function* openOthers(client: Client, records: readonly ListedRecord[], purpose: Purpose, signal: AbortSignal) {
  let found = NOTHING;
  for (let start = 0; start < records.length; start += LIMITS.releaseMaxRecords) {
    const part = records.slice(start, start + LIMITS.releaseMaxRecords);
    found = added(found, await read(await openPart(client, part, purpose, signal)), part.length);
    yield found;
  }
}

async function* openOwn(client: Client, records: readonly ListedRecord[], purpose: Purpose, signal: AbortSignal) {
  let found = NOTHING;
  for (let start = 0; start < records.length; start += PART) {
    const part = records.slice(start, start + PART);
    found = added(found, await read(await openWhatCanBe(client, part, purpose, signal)), part.length);
    yield found;
  }
}

async function openWhatCanBe(client: Client, part: readonly ListedRecord[], purpose: Purpose, signal: AbortSignal) {
  try {
    return await openPart(client, part, purpose, signal);
  } catch (error) {
    if (!isOfOneRecord(error)) throw error;
  }
  const opened: OpenedRecord[] = [];
  for (const one of part) {
    try {
      opened.push(...(await openPart(client, [one], purpose, signal)));
    } catch (error) {
      if (!isOfOneRecord(error)) throw error;
    }
  }
  return opened;
}

/** A damaged or missing copy; not that nothing works at all. */
function isOfOneRecord(error: unknown): boolean {
  const isWhole = isCode(error, "unavailable.node") || isCode(error, "unavailable.vault");
  return !isWhole && (isCode(error, "verification") || isCode(error, "not_found") || isCode(error, "unavailable"));
}

async function openPart(client: Client, records: readonly ListedRecord[], purpose: Purpose, signal: AbortSignal) {
  const [first] = records;
  return first === undefined ? [] : await openRecords(client, { patient: first.patient, purpose, records, signal });
}

function added(before: Found, resources: readonly Sourced[], count: number): Found {
  return {
    resources: [...before.resources, ...resources],
    done: before.done + count,
    failed: before.failed + count - new Set(resources.map((one) => one.source)).size,
  };
}

/** What is no JSON counts as not opened. */
async function read(opened: readonly OpenedRecord[]): Promise<readonly Sourced[]> {
  const sourced = await Promise.all(
    opened.map(async ({ record, blob }) => {
      try {
        return [{ resource: JSON.parse(await blob.text()) as unknown, source: entryKey(record) }];
      } catch {
        return [];
      }
    }),
  );
  return sourced.flat();
}
