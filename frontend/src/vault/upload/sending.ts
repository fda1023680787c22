/**
 * Sending what was sealed: large objects in parts that are taken up again from where the node says, small ones many at a
 * time in packs. Every part carries its SHA-256 (RFC 9530); what the node has counted is not sent again.
 */

import { type Bytes, toBase64 } from "../../core/bytes.ts";
import { pack } from "../../core/car.ts";
import { type Cid, isRawCid } from "../../core/cid.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { sha256Native } from "../../core/sha256.ts";
import { pause } from "../../core/waiting.ts";
import type { UploadObjectAnswered } from "../../generated/api/types.gen.ts";
import { zUploadAnswered, zUploadObjectAnswered, zUploadObjectsAnswered } from "../../generated/api/zod.gen.ts";
import { inParallel } from "../inParallel.ts";
import { type NodeHttp, SLOW_TIMEOUT_MS } from "../nodeHttp.ts";
import type { SealedObject } from "./keptUpload.ts";

export type SendAsked = {
  readonly http: NodeHttp;
  readonly uploadId: string;
  readonly csrfToken: string;
  readonly signal: AbortSignal;
  /** The bytes of an object. */
  readonly read: (object: SealedObject) => Promise<Blob>;
  readonly onBytes: (done: number, total: number) => void;
};

const PART_BYTES = 8 * 1024 ** 2;
/** What is not worth a request of its own. */
const PACKED_MAX_BYTES = 256 * 1024;
const PACK_BYTES = 4 * 1024 ** 2;
const PACK_OBJECTS_MAX = 512;
const SENT_AT_ONCE = 3;
const TRIES = 8;
const CAR = "application/vnd.ipld.car";
const OCTETS = "application/octet-stream";

/** Sends what has not arrived. Throws `unavailable` where it keeps breaking off: the same again goes on from there. */
export async function sendMissing(asked: SendAsked, objects: readonly SealedObject[]): Promise<void> {
  const byCid = new Map(objects.map((one) => [one.cid as string, one]));
  const path = `/v1/uploads/${asked.uploadId}/objects`;
  const missing = new Map<SealedObject, number>();
  let done = 0;
  const total = objects.reduce((sum, one) => sum + one.sizeBytes, 0);
  for await (const page of asked.http.pages(path, zUploadObjectsAnswered, { signal: asked.signal })) {
    for (const one of page.items as UploadObjectAnswered[]) {
      const object = byCid.get(one.cid);
      if (object === undefined || object.sizeBytes !== one.size_bytes || object.role !== one.role) {
        throw lyingNode("The node's upload holds other objects than the ones that were announced.");
      }
      done += one.received_bytes;
      if (one.received_bytes < one.size_bytes) {
        missing.set(object, one.received_bytes);
      }
    }
  }
  const onMore = (bytes: number) => {
    done += bytes;
    asked.onBytes(done, total);
  };
  onMore(0);
  const small = [...missing].filter(([one, from]) => from === 0 && isPacked(one)).map(([one]) => one);
  const large = [...missing].filter(([one, from]) => from !== 0 || !isPacked(one));
  await inParallel([...packsOf(small)], SENT_AT_ONCE, (one) => sendPack(asked, one, onMore));
  await inParallel(large, SENT_AT_ONCE, ([one, from]) => sendParts(asked, one, from, onMore));
}

function isPacked(object: SealedObject): boolean {
  return object.sizeBytes <= PACKED_MAX_BYTES && isRawCid(object.cid);
}

/** Groups small objects, so that a pack that breaks off costs little. */
export function* packsOf(objects: readonly SealedObject[]): Generator<SealedObject[]> {
  let group: SealedObject[] = [];
  let sizeBytes = 0;
  for (const one of objects) {
    if (group.length === PACK_OBJECTS_MAX || (group.length > 0 && sizeBytes + one.sizeBytes > PACK_BYTES)) {
      yield group;
      [group, sizeBytes] = [[], 0];
    }
    group.push(one);
    sizeBytes += one.sizeBytes;
  }
  if (group.length > 0) {
    yield group;
  }
}

async function sendPack(asked: SendAsked, objects: readonly SealedObject[], onMore: (bytes: number) => void) {
  const blocks: { readonly cid: Cid; readonly data: Bytes }[] = [];
  for (const one of objects) {
    blocks.push({ cid: one.cid, data: new Uint8Array(await (await asked.read(one)).arrayBuffer()) });
  }
  const data = pack(blocks);
  const headers = { "Content-Type": CAR, "Content-Digest": await digestField(data) };
  await patiently(asked.signal, () =>
    asked.http.json("POST", `/v1/uploads/${asked.uploadId}/packs`, zUploadAnswered, {
      data,
      headers,
      csrfToken: asked.csrfToken,
      signal: asked.signal,
      timeoutMs: SLOW_TIMEOUT_MS,
    }),
  );
  onMore(objects.reduce((sum, one) => sum + one.sizeBytes, 0));
}

async function sendParts(asked: SendAsked, object: SealedObject, from: number, onMore: (bytes: number) => void) {
  const { http, signal, csrfToken } = asked;
  const path = `/v1/uploads/${asked.uploadId}/objects/${object.cid}`;
  const content = await asked.read(object);
  let start = from;
  let failures = 0;
  while (start < object.sizeBytes) {
    const part = new Uint8Array(await content.slice(start, start + PART_BYTES).arrayBuffer());
    const headers = {
      "Content-Type": OCTETS,
      "Content-Range": `bytes ${start}-${start + part.length - 1}/${object.sizeBytes}`,
      "Content-Digest": await digestField(part),
    };
    let received: number;
    try {
      const asking = { data: part, headers, csrfToken, signal, timeoutMs: SLOW_TIMEOUT_MS };
      received = (await http.json("PUT", path, zUploadObjectAnswered, asking)).received_bytes;
      if (received <= start) {
        throw lyingNode("The node took a part and does not count it.");
      }
      failures = 0;
    } catch (thrown) {
      if (!isPassing(thrown) || ++failures >= TRIES) {
        throw thrown;
      }
      await pause(backOffMs(failures), signal);
      received = (await patiently(signal, () => http.json("GET", path, zUploadObjectAnswered, { signal })))
        .received_bytes;
    }
    if (received > object.sizeBytes) {
      throw lyingNode("The node counts more than was sent.");
    }
    onMore(received - start);
    start = received;
  }
}

/** `Content-Digest` over a body (RFC 9530). */
async function digestField(data: Bytes): Promise<string> {
  return `sha-256=:${toBase64(await sha256Native(data))}:`;
}

/** Repeats what may pass: the node is away, restarts, or a part came altered. Throws what stays. */
export async function patiently<T>(signal: AbortSignal, work: () => Promise<T>, tries = TRIES): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await work();
    } catch (thrown) {
      if (!isPassing(thrown) || failures >= tries) {
        throw thrown;
      }
      await pause(backOffMs(failures), signal);
    }
  }
}

/** Codes of what a part may meet without anything being wrong for good: the next try goes on from what is counted. */
const OF_PARTS = ["verification.upload_part", "input.upload_part", "input.upload_offset"];

function isPassing(thrown: unknown): thrown is MendrecError {
  return (
    isCode(thrown, "unavailable") ||
    isCode(thrown, "offline") ||
    (thrown instanceof MendrecError && OF_PARTS.includes(thrown.code))
  );
}

function backOffMs(failures: number): number {
  return Math.min(15_000, 250 * 2 ** failures);
}
