/**
 * Listing a patient's records with what they are about, as far as this reader may know. Each that was not seen before is
 * asked for with LIST, and each custodian writes a receipt; the patient's own listing asks nobody.
 */
import type { Descriptor } from "../../core/descriptor.ts";
import { isCode, type MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { LIMITS } from "../../core/limits.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import type { ListedRecord, Progress } from "../../node/types.ts";
import { asMendrecError } from "../errorTransfer.ts";
import { inParallel } from "../inParallel.ts";
import { requireNotStopped } from "../jobs.ts";
import { ofFamily } from "../nodeErrors.ts";
import type { ListAsked as Asked, AskSignature } from "../types.ts";
import { Ahead } from "./ahead.ts";
import { breathing } from "./breathing.ts";
import { isRefusal } from "./chain.ts";
import { type Answers, askCustodians } from "./custodians.ts";
import type { LocatedRecord } from "./located.ts";
import type { Reading } from "./reading.ts";
import { descriptorOf } from "./recordReader.ts";
import { type Run, runsOf, type Sent, stopsAll } from "./sealedPages.ts";
import { fetchCategories, fetchTold, type ToldRecord } from "./told.ts";
import { Unanswered } from "./unanswered.ts";

const AT_ONCE = 6;
const TELL_EVERY_MS = 250;

type ListAsked = {
  readonly reading: Reading;
  readonly asked: Asked;
  readonly sign: AskSignature;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
};

/** See {@link Vault.list}. Steps: `chain`, `records`, then `sign` and `descriptors` for each chunk. */
export async function list(listing: ListAsked): Promise<ListedRecord[]> {
  const { reading, asked, onProgress, signal } = listing;
  const { http } = reading;
  onProgress({ step: "chain", done: 0, total: null, unit: "records" });
  const categories = await fetchCategories(http, signal);
  const told = await fetchTold({
    http,
    trust: asked.trust,
    patient: asked.patient,
    reader: asked.reader,
    signal,
    onRecords: (count) => onProgress({ step: "records", done: count, total: null, unit: "records" }),
  });
  reading.remember(asked, told);
  const codes = asked.titlesOf === undefined ? null : new Set(asked.titlesOf);
  const wanted = told.filter((one) => codes === null || codes.has(codeOf(one, categories)));
  const chunks: ToldRecord[][] = [];
  for (let start = 0; start < wanted.length; start += LIMITS.releaseMaxRecords) {
    chunks.push(wanted.slice(start, start + LIMITS.releaseMaxRecords));
  }
  const ahead = new Ahead(http, asked.patient, signal);
  const fetching: Promise<Sent>[] = [];
  const breathe = breathing();
  const unanswered = new Unanswered();
  const listed = new Map<ToldRecord, ListedRecord>();
  try {
    for (const [at, chunk] of chunks.entries()) {
      for (let next = fetching.length; next <= at + 1 && next < chunks.length; next++) {
        fetching.push(ahead.begin(runsOfChunk(listing, chunks[next] ?? [])));
      }
      const sent = fetching[at] ?? Promise.resolve(new Map());
      const place = { done: at * LIMITS.releaseMaxRecords, total: wanted.length };
      const found = await listChunk({ ...listing, sent, breathe, unanswered }, chunk, categories, place);
      for (const [index, one] of chunk.entries()) {
        const record = found[index];
        if (record !== undefined) listed.set(one, record);
      }
      fetching[at] = Promise.resolve(new Map()); // what was opened is let go
    }
  } finally {
    ahead.stop();
  }
  onProgress({ step: "descriptors", done: wanted.length, total: wanted.length, unit: "records" });
  requireNotStopped(signal);
  return told.map(
    (one) =>
      listed.get(one) ?? listedRecord(asked.patient, one, categories, one.located === null ? unreadable(one) : NOTHING),
  );
}

/** What is worth fetching together of one chunk: what was not seen, and is not here. */
function runsOfChunk({ reading, asked }: ListAsked, chunk: readonly ToldRecord[]): Run[] {
  const positions = new Map<LocatedRecord, number>();
  for (const [position, { located }] of chunk.entries()) {
    if (located !== null && isWanted(reading, asked, located)) {
      positions.set(located, position);
    }
  }
  const at = (record: LocatedRecord) => positions.get(record) ?? 0;
  return runsOf([...positions.keys()], (one, next) => at(next) - at(one));
}

function isWanted(reading: Reading, asked: Asked, record: LocatedRecord): boolean {
  return reading.seen(asked, record.ref.manifestDigestHex) === null && !reading.objects.has(record, asked.trust);
}

type ChunkAsked = ListAsked & {
  readonly sent: Promise<Sent>;
  readonly breathe: () => Promise<void>;
  readonly unanswered: Unanswered;
};

async function listChunk(
  { reading, asked, sign, onProgress, signal, sent, breathe, unanswered }: ChunkAsked,
  chunk: readonly ToldRecord[],
  categories: ReadonlyMap<number, string>,
  at: { readonly done: number; readonly total: number },
): Promise<ListedRecord[]> {
  const isPatient = asked.reader === asked.patient;
  const located = chunk.flatMap((one) => (one.located === null ? [] : [one.located]));
  const unseen = located.filter((one) => reading.seen(asked, one.ref.manifestDigestHex) === null);
  let answers: Answers | null = null;
  let refused: MendrecError | null = null;
  if (!isPatient && unseen.length > 0) {
    onProgress({ step: "sign", done: at.done, total: at.total, unit: "records" });
    try {
      answers = await askCustodians(reading.http, "LIST", unseen, asked, sign, signal);
    } catch (thrown) {
      if (!isRefusal(thrown)) {
        throw thrown;
      }
      refused = thrown;
    }
  }
  let done = at.done;
  let toldAt = Date.now();
  // So that whoever waits for the first of them knows for what.
  onProgress({ step: "descriptors", done, total: at.total, unit: "records" });
  return inParallel(chunk, AT_ONCE, async (one) => {
    await breathe();
    requireNotStopped(signal);
    const seen = one.located === null ? unreadable(one) : await see(one.located);
    done += 1;
    if (done % 16 === 0 || Date.now() - toldAt > TELL_EVERY_MS) {
      toldAt = Date.now();
      onProgress({ step: "descriptors", done, total: at.total, unit: "records" });
    }
    return listedRecord(asked.patient, one, categories, seen);
  });

  async function see(record: LocatedRecord): Promise<Seen> {
    const before = reading.seen(asked, record.ref.manifestDigestHex);
    if (before !== null) {
      return before;
    }
    if (refused !== null) {
      return { ...NOTHING, refusal: refused };
    }
    let found: Seen = NOTHING;
    try {
      const objects = await reading.objects.both(record, asked.trust, signal, await sent);
      unanswered.answered();
      const isPrivate = objects.envelopes.custodians.length === 0;
      found = { ...NOTHING, sizeBytes: objects.manifest.payload.sizeBytes, isPrivate };
      const by = isPatient
        ? { own: reading.own(asked.reader) }
        : { identity: reading.identity(asked.reader), answers: answers ?? new Map() };
      const descriptor = await descriptorOf(record, objects, by);
      found = { ...found, descriptor };
      reading.keepSeen(asked, record.ref.manifestDigestHex, found);
      return found;
    } catch (thrown) {
      const refusal = asMendrecError(thrown);
      if (stopsAll(refusal)) {
        throw refusal;
      }
      unanswered.note(refusal);
      return { ...found, isPrivate: found.isPrivate || isCode(refusal, "refused.private"), refusal };
    }
  }
}

/** What was seen of a record; kept for as long as the vault is open. */
export type Seen = {
  readonly descriptor: Descriptor | null;
  readonly sizeBytes: number | null;
  readonly isPrivate: boolean;
  readonly refusal: MendrecError | null;
};

const NOTHING: Seen = { descriptor: null, sizeBytes: null, isPrivate: false, refusal: null };

function unreadable({ told }: ToldRecord): Seen {
  const { problem } = told;
  const refusal = lyingNode("The node does not say why it can't be read.");
  return {
    ...NOTHING,
    refusal:
      problem === null || problem === undefined
        ? refusal
        : ({ code: ofFamily(problem.code), message: problem.message, remedy: problem.remedy } as MendrecError),
  };
}

/** By the number that the chain has, where the node tells its code. */
function codeOf({ told, entry }: Pick<ToldRecord, "told" | "entry">, categories: ReadonlyMap<number, string>): string {
  return categories.get(entry.category) ?? told.category_code;
}

function listedRecord(
  patient: Address,
  { told, entry, located }: ToldRecord,
  categories: ReadonlyMap<number, string>,
  seen: Seen,
): ListedRecord {
  const { refusal } = seen;
  return {
    patient,
    sequence: entry.sequence,
    leafIndex: located?.ref.leafIndex ?? null,
    categoryCode: codeOf({ told, entry }, categories),
    author: entry.author,
    location: entry.location,
    recordedAt: entry.recordedAt,
    final: told.final,
    private: seen.isPrivate,
    manifestDigestHex: located?.ref.manifestDigestHex ?? null,
    sizeBytes: seen.sizeBytes,
    descriptor: seen.descriptor,
    refusal: refusal === null ? null : { code: refusal.code, message: refusal.message, remedy: refusal.remedy },
  };
}
