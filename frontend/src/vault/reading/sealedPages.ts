/**
 * Manifests and envelopes of many records with few requests. Nothing is believed here: what is sent is verified where it
 * is used, exactly as what is fetched alone.
 */
import type * as z from "zod/mini";
import { type Bytes, fromBase64 } from "../../core/bytes.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { LIMITS } from "../../core/limits.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import type { SealedObjectsAnswered, SealedObjectsOfRecord } from "../../generated/api/types.gen.ts";
import { zSealedObjectsAnswered } from "../../generated/api/zod.gen.ts";
import { asMendrecError } from "../errorTransfer.ts";
import { requireNotStopped } from "../jobs.ts";
import { ofFamily } from "../nodeErrors.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import { type LocatedRecord, placeOf } from "./located.ts";

/** What was sent of one record, unverified; `envelopes` is null where they are not for this person. */
export type SentObjects =
  | { readonly manifest: Bytes; readonly envelopes: Bytes | null }
  | { readonly error: MendrecError };
/** By {@link placeOf}. What is not in it is fetched alone. */
export type Sent = ReadonlyMap<string, SentObjects>;

/** Records of one patient in the chain's order, close to each other. */
export type Run = {
  readonly records: readonly LocatedRecord[];
  /** Records from the first to the last, with what lies between, as far as it is known. */
  readonly span: number;
};

/** Records in one request: two of them make a chunk that is asked for with one signature. */
export const RUN_MAX = LIMITS.releaseMaxRecords / 2;
/** Fewer are fetched alone. */
const RUN_MIN = 4;
/** What lies between two wanted records is sent too: so much of it is less than another request. */
const GAP_MAX = 4;
const PAGE_MAX = 200;
/** So many that could not be sent are asked for once more, alone; where it is more, a store is away. */
const ALONE_MAX = 8;
const SPARE_PAGES = 3;
const BASE64_MAX_CHARS = 4 * Math.ceil(Math.max(LIMITS.manifestMaxBytes, LIMITS.envelopesMaxBytes) / 3);

/**
 * Groups records that are worth one request; the others are left out.
 *
 * @param records in the chain's order.
 * @param distance how many records after `one` the record `next` is; 1 for its neighbour.
 */
export function runsOf(
  records: readonly LocatedRecord[],
  distance: (one: LocatedRecord, next: LocatedRecord) => number,
): Run[] {
  const runs: Run[] = [];
  let open: LocatedRecord[] = [];
  let span = 1;
  const close = () => {
    if (open.length >= RUN_MIN) {
      runs.push({ records: open, span });
    }
    open = [];
    span = 1;
  };
  for (const record of records) {
    const last = open.at(-1);
    const step = last === undefined ? 0 : distance(last, record);
    if (last !== undefined && (step < 1 || step > GAP_MAX || span + step > RUN_MAX)) {
      close();
    }
    span += open.length === 0 ? 0 : step;
    open.push(record);
  }
  close();
  return runs;
}

/** How far apart two records are on the chain, by their places alone: what cannot be seen counts too. */
export function distanceOnChain(one: LocatedRecord, next: LocatedRecord): number {
  const [leaf, nextLeaf] = [one.ref.leafIndex ?? 0, next.ref.leafIndex ?? 0];
  if (one.ref.sequence === next.ref.sequence) {
    return nextLeaf - leaf;
  }
  return Math.max(1, one.entry.count) - leaf + (next.ref.sequence - one.ref.sequence - 1) + nextLeaf;
}

/**
 * Fetches what the node sends of a run. Throws what would meet every other request too ({@link stopsAll}); another error is
 * each record's own.
 */
export async function fetchRun(http: NodeHttp, patient: Address, run: Run, signal: AbortSignal): Promise<Sent> {
  const wanted = new Set(run.records.map((one) => placeOf(one.ref)));
  const [first] = run.records;
  const sent = new Map<string, SentObjects>();
  if (first === undefined) {
    return sent;
  }
  const { sequence, leafIndex } = first.ref;
  let query: Record<string, string> = {
    from_sequence: String(sequence),
    ...(leafIndex === null ? {} : { from_leaf_index: String(leafIndex) }),
  };
  let left = run.span;
  let alone = ALONE_MAX;
  try {
    // A page may be shorter than what was asked for: its bytes have a bound. Each tells of one record at least.
    for (let page = 0; page < run.span + SPARE_PAGES && wanted.size > 0; page++) {
      requireNotStopped(signal);
      const limit = String(Math.min(PAGE_MAX, Math.max(1, left)));
      const path = `/v1/patients/${patient}/sealed-objects?${new URLSearchParams({ ...query, limit })}`;
      const answered = (await http.json("GET", path, zSealedObjectsAnswered as z.ZodMiniType<SealedObjectsAnswered>, {
        signal,
      })) as SealedObjectsAnswered;
      for (const item of answered.items) {
        const place = placeOf({ sequence: item.sequence, leafIndex: item.leaf_index });
        if (!wanted.delete(place)) {
          continue;
        }
        const found = sentObjects(item);
        if ("manifest" in found || alone-- <= 0) {
          sent.set(place, found);
        }
      }
      left -= answered.items.length;
      if (answered.next_cursor === null || left <= -GAP_MAX) {
        break;
      }
      query = { cursor: answered.next_cursor };
    }
  } catch (thrown) {
    const error = asMendrecError(thrown);
    if (stopsAll(error)) {
      throw error;
    }
    if (error.code === "unavailable.node") {
      return sent; // whether it is one object, or the node: asking for each alone shows it
    }
    for (const place of wanted) {
      sent.set(place, { error });
    }
  }
  return sent;
}

/** Not about one record: the next would meet the same. */
export function stopsAll(error: MendrecError): boolean {
  return (
    error.code === "cancelled" ||
    error.code === "offline" ||
    error.code === "refused.session.other_person" ||
    error.code === "refused.vault_locked" ||
    error.code === "refused.sign_in_needed"
  );
}

function sentObjects(item: SealedObjectsOfRecord): SentObjects {
  const { problem } = item;
  if (problem !== null && problem !== undefined) {
    return { error: new MendrecError(ofFamily(problem.code), problem.message, { remedy: problem.remedy }) };
  }
  if (item.manifest === null) {
    return { error: lyingNode("The node does not say why it does not send a manifest.") };
  }
  try {
    return { manifest: decoded(item.manifest), envelopes: item.envelopes === null ? null : decoded(item.envelopes) };
  } catch (thrown) {
    return {
      error: isCode(thrown, "input") ? lyingNode("The node sends what is not base64.", thrown) : asMendrecError(thrown),
    };
  }
}

function decoded(text: string): Bytes {
  if (text.length > BASE64_MAX_CHARS) {
    throw lyingNode("The node sent more than what was asked for.");
  }
  return fromBase64(text);
}
