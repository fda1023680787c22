/** Sealing the items of an upload, one by one; what is sealed is kept, so that a reload costs the rest only. */

import { spelled } from "../../core/acts/requireAsAsked.ts";
import { type Bytes, concatBytes, toUtf8 } from "../../core/bytes.ts";
import type { Descriptor } from "../../core/descriptor.ts";
import { MendrecError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { type SealedTo, sealUnsigned } from "../../core/sealing.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { Progress } from "../../node/types.ts";
import { inParallel } from "../inParallel.ts";
import { requireNotStopped } from "../jobs.ts";
import type { KeptFiles } from "../keptFiles.ts";
import type { SealItem } from "../types.ts";
import { type KeptUpload, type KeptUploads, keyDigestHex, payloadName } from "./keptUpload.ts";

const AT_ONCE = 2;
const SAMPLE_BYTES = 1024 ** 2;
/** Room for headers and for what else the browser keeps. */
const ROOM_SPARE_BYTES = 16 * 1024 ** 2;

export type SealAsked = {
  readonly uploads: KeptUploads;
  readonly upload: KeptUpload;
  readonly items: readonly SealItem[];
  readonly to: SealedTo;
  /** Category codes → numbers. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
};

/**
 * Seals what is not sealed yet.
 *
 * Throws `input.sealed_otherwise` where other files were sealed under this key; `input.unknown_category`,
 * `input.too_large`, `unavailable.no_room`.
 */
export async function sealAll(asked: SealAsked): Promise<void> {
  const { uploads, upload, items, numbers, onProgress, signal } = asked;
  for (const { categoryCode } of items) {
    if (!numbers.has(categoryCode)) {
      throw new MendrecError("input.unknown_category", `There is no category "${categoryCode.slice(0, 64)}".`, {
        remedy: "Choose another category.",
      });
    }
  }
  const sealedBefore = await uploads.records(upload.key);
  const total = items.reduce((sum, one) => sum + one.content.size, 0);
  const files = await uploads.files();
  const isSealed = new Map(sealedBefore.map((one) => [one.position, one]));
  await requireRoom(items.filter((_one, position) => !isSealed.has(position)));
  let doneWhole = 0;
  const doneOf = new Map<number, number>();
  const report = () => {
    let done = doneWhole;
    for (const one of doneOf.values()) {
      done += one;
    }
    onProgress({ step: "seal", done, total, unit: "bytes" });
  };
  report();
  await inParallel(items, AT_ONCE, async (item, position) => {
    requireNotStopped(signal);
    const meansHex = await means(upload.salt, item);
    const before = isSealed.get(position);
    if (before === undefined) {
      await sealOne(asked, files, item, position, meansHex, (done) => {
        doneOf.set(position, done);
        report();
      });
    } else if (before.meansHex !== meansHex) {
      throw new MendrecError("input.sealed_otherwise", "Other files were sealed under this upload.", {
        remedy: "Choose the same files as before, or give the unfinished upload up and begin anew.",
      });
    }
    doneOf.delete(position);
    doneWhole += item.content.size;
    report();
  });
}

async function sealOne(
  { uploads, upload, to, numbers, signal }: SealAsked,
  files: KeptFiles,
  item: SealItem,
  position: number,
  meansHex: string,
  onBytes: (done: number) => void,
): Promise<void> {
  const sink = await files.create(keyDigestHex(upload.key), payloadName(position));
  try {
    const draft = {
      chainId: upload.trust.chainId,
      records: upload.trust.records,
      patient: upload.patient,
      author: upload.author,
      category: numbers.get(item.categoryCode) ?? 0,
      createdAt: Math.floor(Date.now() / 1000),
      descriptor: descriptorOfItem(item),
    };
    const sealed = await sealUnsigned(draft, item.content, (chunk) => sink.write(chunk), to, { signal, onBytes });
    await sink.finish();
    await uploads.putRecord(upload.key, {
      position,
      categoryCode: item.categoryCode,
      body: sealed.body,
      envelopes: sealed.envelopesBytes,
      manifest: null,
      meansHex,
    });
  } catch (thrown) {
    await sink.discard();
    throw unreadable(thrown);
  }
}

function descriptorOfItem(item: SealItem): Descriptor {
  const { title, mediaType, fhirType, codes, fileName } = item;
  return { title, mediaType, fhirType, codes, fileName };
}

/** A salted digest of an item: its words, its size, and its content's beginning and end. */
async function means(salt: Bytes, item: SealItem): Promise<string> {
  const { content, ...described } = item;
  const changedAt = content instanceof File ? content.lastModified : 0;
  const words = toUtf8(spelled([described, content.size, changedAt]));
  const head = await content.slice(0, SAMPLE_BYTES).arrayBuffer().catch(throwUnreadable);
  const tail = await content
    .slice(Math.max(SAMPLE_BYTES, content.size - SAMPLE_BYTES))
    .arrayBuffer()
    .catch(throwUnreadable);
  return sha256Hex(concatBytes(salt, words, new Uint8Array(head), new Uint8Array(tail)));
}

function throwUnreadable(thrown: unknown): never {
  throw unreadable(thrown);
}

/** A file that was moved, changed or taken away after it was chosen. */
function unreadable(thrown: unknown): unknown {
  if (thrown instanceof DOMException && (thrown.name === "NotReadableError" || thrown.name === "NotFoundError")) {
    return new MendrecError("input.file_changed", "A file was changed or moved after it was chosen.", {
      remedy: "Choose the files again.",
      cause: thrown,
    });
  }
  return thrown;
}

async function requireRoom(items: readonly SealItem[]): Promise<void> {
  for (const { content } of items) {
    if (content.size > LIMITS.payloadMaxBytes) {
      throw new MendrecError("input.too_large", `A file is larger than ${LIMITS.payloadMaxBytes} bytes.`, {
        remedy: "Split it, or leave out what is not needed.",
        details: { size_bytes: content.size, max_bytes: LIMITS.payloadMaxBytes },
      });
    }
  }
  const needed = items.reduce((sum, one) => sum + one.content.size, ROOM_SPARE_BYTES);
  const estimated: StorageEstimate = (await globalThis.navigator?.storage?.estimate?.().catch(() => null)) ?? {};
  const { quota, usage } = estimated;
  if (quota !== undefined && usage !== undefined && quota - usage < needed) {
    throw new MendrecError("unavailable.no_room", "The browser has no room for this much at once.", {
      remedy: "Free some space on this device, or send fewer files at once.",
      details: { needed_bytes: needed, free_bytes: quota - usage },
    });
  }
}
