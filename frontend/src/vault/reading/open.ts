/** Opening records: their keys by one signature, then each payload, verified whole before it counts. */
import type { Descriptor } from "../../core/descriptor.ts";
import { MendrecError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { openRecordPayload } from "../../core/opening.ts";
import type { ListedRecord, Progress } from "../../node/types.ts";
import { inParallel } from "../inParallel.ts";
import { requireNotStopped } from "../jobs.ts";
import type { AskSignature, ReadAsked } from "../types.ts";
import { Ahead } from "./ahead.ts";
import { askCustodians } from "./custodians.ts";
import { type LocatedRecord, recordPath } from "./located.ts";
import { payloadPieces } from "./payload.ts";
import type { Reading } from "./reading.ts";
import { descriptorOf, keyOf, type With } from "./recordReader.ts";
import { distanceOnChain, runsOf } from "./sealedPages.ts";

export type Opened = { readonly record: ListedRecord; readonly descriptor: Descriptor; readonly blob: Blob };

type OpenAsked = {
  readonly reading: Reading;
  readonly asked: ReadAsked;
  readonly records: readonly ListedRecord[];
  readonly sign: AskSignature;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
};

const AT_ONCE = 3;
/** Plaintext is handed to the browser in pieces of this size, which it keeps where it likes: this worker stays small. */
const PIECE_BYTES = 8 * 1024 ** 2;

/** See {@link Vault.open}. Steps: `find`, `sign`, `fetch` (bytes of all payloads together). */
export async function open({ reading, asked, records, sign, onProgress, signal }: OpenAsked): Promise<Opened[]> {
  const identity = reading.identity(asked.reader);
  for (const record of records) {
    if (record.patient !== asked.patient) {
      throw new MendrecError("input.invalid", "The record is another patient's than the one that was named.");
    }
  }
  onProgress({ step: "find", done: 0, total: records.length, unit: "records" });
  const located = await inParallel(records, 6, (one) => reading.place(asked, one, signal));
  const ahead = new Ahead(reading.http, asked.patient, signal);
  const sent = await ahead.begin(runsOf(notHere(reading, asked, located), distanceOnChain));
  const manifests = await inParallel(located, 6, (one) => reading.objects.manifest(one, asked.trust, signal, sent));
  const total = manifests.reduce((sum, one) => sum + one.payload.sizeBytes, 0);
  const doneOf = new Map<LocatedRecord, number>();
  const isPatient = asked.reader === asked.patient;
  const opened: Opened[] = [];
  for (let start = 0; start < located.length; start += LIMITS.releaseMaxRecords) {
    const chunk = located.slice(start, start + LIMITS.releaseMaxRecords);
    let by: With = { own: reading.own(asked.reader) };
    if (!isPatient) {
      onProgress({ step: "sign", done: start, total: records.length, unit: "records" });
      by = { identity, answers: await askCustodians(reading.http, "OPEN", chunk, asked, sign, signal) };
    }
    opened.push(
      ...(await inParallel(chunk, AT_ONCE, async (record, position) => {
        requireNotStopped(signal);
        const objects = await reading.objects.both(record, asked.trust, signal, sent);
        const descriptor = await descriptorOf(record, objects, by);
        const key = await keyOf("payload", record, objects, by);
        const parts = new BlobParts();
        const { sizeBytes } = objects.manifest.payload;
        const pieces = payloadPieces(reading.http, `${pathOf(record)}/payload`, sizeBytes, signal);
        await openRecordPayload(objects.manifest, key, pieces, (one) => parts.add(one), {
          signal,
          onBytes: (done) => {
            doneOf.set(record, done);
            let sum = 0;
            for (const one of doneOf.values()) {
              sum += one;
            }
            onProgress({ step: "fetch", done: sum, total, unit: "bytes" });
          },
        });
        return openedOf(records[start + position], descriptor, parts.finish(descriptor.mediaType));
      })),
    );
  }
  requireNotStopped(signal);
  return opened;
}

/** In the chain's order, each once. */
function notHere(reading: Reading, asked: ReadAsked, located: readonly LocatedRecord[]): LocatedRecord[] {
  return [...new Set(located)]
    .filter((one) => !reading.objects.has(one, asked.trust))
    .sort((a, b) => a.ref.sequence - b.ref.sequence || (a.ref.leafIndex ?? 0) - (b.ref.leafIndex ?? 0));
}

function openedOf(record: ListedRecord | undefined, descriptor: Descriptor, blob: Blob): Opened {
  if (record === undefined) {
    throw new TypeError("more was opened than was asked for");
  }
  return { record: { ...record, descriptor }, descriptor, blob };
}

function pathOf({ ref }: LocatedRecord): string {
  return recordPath(ref.patient, ref.sequence, ref.leafIndex);
}

/** A Blob, put together in pieces. Never a type that a browser runs: what shows it decides by the descriptor. */
class BlobParts {
  readonly #done: Blob[] = [];
  #open: Uint8Array<ArrayBuffer>[] = [];
  #openBytes = 0;

  add(chunk: Uint8Array<ArrayBuffer>): void {
    this.#open.push(chunk);
    this.#openBytes += chunk.length;
    if (this.#openBytes >= PIECE_BYTES) {
      this.#close();
    }
  }

  finish(mediaType: string): Blob {
    this.#close();
    return new Blob(this.#done, { type: isRun(mediaType) ? "application/octet-stream" : mediaType });
  }

  #close(): void {
    if (this.#openBytes > 0) {
      this.#done.push(new Blob(this.#open));
    }
    this.#open = [];
    this.#openBytes = 0;
  }
}

/** An object URL of such a Blob would be a page of this origin. */
function isRun(mediaType: string): boolean {
  return /html|svg|xml|javascript|ecmascript|mpegurl|wasm/.test(mediaType);
}
