/**
 * From sealed to anchored: announced, sent, placed by the author's signature, waited for. The node says where on the
 * patient's chain the records come; what is signed for that place is made here, from the digests of what was sealed here.
 */

import type { ActRequest } from "../../core/acts/params.ts";
import { requireAsAsked, spelled } from "../../core/acts/requireAsAsked.ts";
import { batchListBytes } from "../../core/batchList.ts";
import { cidOfRaw } from "../../core/cid.ts";
import { isCode, MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { LIMITS } from "../../core/limits.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { rootHex } from "../../core/merkle.ts";
import { sha256Hex } from "../../core/sha256.ts";
import { normalSignature } from "../../core/typedData/signature.ts";
import { pause } from "../../core/waiting.ts";
import type { PositionAnswered, UploadAnswered } from "../../generated/api/types.gen.ts";
import { zPositionAnswered, zUploadAnswered } from "../../generated/api/zod.gen.ts";
import type { Progress } from "../../node/types.ts";
import { requireNotStopped } from "../jobs.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import { fetchCategories } from "../reading/told.ts";
import type { AskSignature, UploadDone } from "../types.ts";
import {
  type KeptRecord,
  type KeptUpload,
  type KeptUploads,
  keyDigestHex,
  payloadName,
  type SealedObject,
} from "./keptUpload.ts";
import { patiently, sendMissing } from "./sending.ts";

export type AnchorAsked = {
  readonly http: NodeHttp;
  readonly uploads: KeptUploads;
  readonly upload: KeptUpload;
  readonly csrfToken: string;
  readonly sign: AskSignature;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
};

/** A record with its manifest signed. */
type Signed = KeptRecord & { readonly manifest: NonNullable<KeptRecord["manifest"]>; readonly digestHex: string };

const HEAD_ATTEMPTS = 8;
const SETTLE_MAX_MS = 180_000;

/**
 * Sends an upload of which everything is sealed and signed, and has it anchored. Steps: `announce`, `send` (bytes),
 * `sign_entry`, `anchor`.
 *
 * Throws `refused` (the author may not write there, or the contract's own words), `verification.node`,
 * `unavailable.upload_under_way`: nothing is lost, the same again goes on.
 */
export async function anchor(asked: AnchorAsked): Promise<UploadDone> {
  const records = signedRecords(await asked.uploads.records(asked.upload.key), asked.upload.total);
  let { upload } = asked;
  for (let attempts = 0; attempts < HEAD_ATTEMPTS; attempts++) {
    const uploadId = await announceAndSend({ ...asked, upload }, records);
    const path = `/v1/uploads/${uploadId}`;
    let found = await ask(asked, path);
    if (found.state === "open" || found.state === "stored") {
      try {
        await place({ ...asked, upload }, path, records);
      } catch (thrown) {
        if (!isMovedOn(thrown)) {
          throw thrown;
        }
        continue;
      }
    }
    found = await settled(asked, path);
    if (found.state === "anchored" || found.state === "done") {
      return doneOf(found, upload, records);
    }
    if (found.state === "expired") {
      // The node forgets what nothing is done for. All of it is here: announced anew, it is another upload.
      upload = { ...upload, announced: upload.announced + 1 };
      await asked.uploads.put(upload);
      continue;
    }
    if (found.failure !== null && !MOVED_ON.test(found.failure.code)) {
      const { code, message, remedy } = found.failure;
      throw new MendrecError(code, message, { remedy });
    }
  }
  throw new MendrecError("refused.head_moving", "Others kept adding to this record at the same time.", {
    remedy: "Try again: what was sent is kept.",
  });
}

/** Gives an upload up at the node; no error where it knows none, or knows it as over. */
export async function giveUp(http: NodeHttp, uploadId: string, csrfToken: string): Promise<void> {
  try {
    await http.json("DELETE", `/v1/uploads/${uploadId}`, zUploadAnswered, { csrfToken });
  } catch (thrown) {
    if (!isCode(thrown, "not_found") && !isCode(thrown, "refused.upload_closed")) {
      throw thrown;
    }
  }
}

async function announceAndSend(asked: AnchorAsked, records: readonly Signed[]): Promise<string> {
  const { http, uploads, upload, csrfToken, onProgress, signal } = asked;
  onProgress({ step: "announce", done: 0, total: 1, unit: "steps" });
  const objects = records.map(objectsOf);
  const begun = await patiently(signal, () =>
    http.json("POST", "/v1/uploads", zUploadAnswered, {
      key: announcedAs(upload),
      csrfToken,
      signal,
      body: {
        patient: upload.patient,
        records: records.map((record, position) => ({
          category_code: record.categoryCode,
          private: upload.private,
          objects: (objects[position] ?? []).map(({ role, cid, sizeBytes }) => ({ role, cid, size_bytes: sizeBytes })),
        })),
      },
    }),
  );
  if (begun.patient !== upload.patient || begun.author !== upload.author || begun.records_count !== records.length) {
    throw lyingNode("The node took on another upload than the one that was announced.");
  }
  await uploads.put({ ...upload, uploadId: begun.upload_id });
  if (begun.state !== "open") {
    return begun.upload_id;
  }
  const files = await uploads.files();
  const folder = keyDigestHex(upload.key);
  const places = new Map(objects.flatMap((of, position) => of.map((one) => [one, position] as const)));
  const read = async (object: SealedObject): Promise<Blob> => {
    const position = places.get(object) ?? -1;
    const record = records[position];
    if (object.role !== "payload" && record !== undefined) {
      return new Blob([object.role === "manifest" ? record.manifest : record.envelopes]);
    }
    const content = await files.read(folder, payloadName(position));
    if (content === null || content.size !== object.sizeBytes) {
      throw new MendrecError("input.ciphertext_gone", "The browser no longer has all of what was sealed.", {
        remedy: "Give this upload up and choose the files again.",
      });
    }
    return content;
  };
  await sendMissing(
    {
      http,
      uploadId: begun.upload_id,
      csrfToken,
      signal,
      read,
      onBytes: (done, total) => onProgress({ step: "send", done, total, unit: "bytes" }),
    },
    objects.flat(),
  );
  return begun.upload_id;
}

/** Has the author sign the place on the patient's chain, as it is worked out here. */
async function place(asked: AnchorAsked, path: string, records: readonly Signed[]): Promise<void> {
  const { http, upload, csrfToken, sign, onProgress, signal } = asked;
  onProgress({ step: "place", done: 0, total: 1, unit: "steps" });
  const categories = await fetchCategories(http, signal);
  const found = (await patiently(signal, () =>
    http.json("POST", `${path}/position`, zPositionAnswered, { csrfToken, signal, timeoutMs: 5 * 60_000 }),
  )) as PositionAnswered;
  const request = actOf(found, upload.patient, records);
  const checked = requireAsAsked(
    {
      kind: request.kind,
      signer: upload.author,
      contract: found.contract ?? "Records",
      function: found.function,
      args: found.args,
      typed_data: found.typed_data,
      nonce: found.nonce,
      deadline_at: found.deadline_at,
    },
    { ...request, signer: upload.author, categories },
    upload.trust,
    Math.floor(Date.now() / 1000),
  );
  requireNotStopped(signal);
  onProgress({ step: "sign_entry", done: 0, total: 1, unit: "steps" });
  const signature = normalSignature(await sign(checked.typedData));
  requireNotStopped(signal);
  onProgress({ step: "anchor", done: 0, total: 1, unit: "steps" });
  const body = { nonce: checked.nonce, deadline_at: checked.deadlineAt, signature };
  // From here on it may happen: whoever stops it now is told how it ended.
  await patiently(STAYS, () => http.json("POST", `${path}/finish`, zUploadAnswered, { body, csrfToken }));
}

const STAYS = new AbortController().signal;
const MOVED_ON = /\.(?:StaleHead|WrongSequence)$/;

/** Somebody else was faster: the place is asked for again. */
function isMovedOn(thrown: unknown): boolean {
  return isCode(thrown, "refused") && MOVED_ON.test(thrown.code);
}

/** What should be signed: all of it is known here but the head and the location. */
function actOf(found: PositionAnswered, patient: Address, records: readonly Signed[]): ActRequest {
  const head = { patient, sequence: found.sequence, previous_link_hex: found.previous_link_hex };
  const [only] = records;
  if (records.length === 1 && only !== undefined) {
    const location = wholeNumber(found.args[3]);
    return { kind: "add", params: { ...head, category: only.categoryCode, location, digest_hex: only.digestHex } };
  }
  const told = found.args[2];
  const groups = batchesOf(records);
  if (!Array.isArray(told) || told.length !== groups.length) {
    throw otherThanSent();
  }
  const batches = groups.map(([category, leaves], position) => ({
    category,
    location: wholeNumber((told[position] as { location?: unknown } | null)?.location),
    count: leaves.length,
    root_hex: rootHex(leaves),
    list_digest_hex: sha256Hex(batchListBytes(leaves)),
  }));
  return { kind: "add_batches", params: { ...head, batches } };
}

/** The batches that many records make: by category in the order in which each is first named, split where too long. */
export function batchesOf(
  records: readonly { readonly categoryCode: string; readonly digestHex: string }[],
): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const { categoryCode, digestHex } of records) {
    const leaves = groups.get(categoryCode) ?? [];
    leaves.push(digestHex);
    groups.set(categoryCode, leaves);
  }
  const batches: [string, string[]][] = [];
  for (const [code, leaves] of groups) {
    for (let start = 0; start < leaves.length; start += LIMITS.batchMaxLeaves) {
      batches.push([code, leaves.slice(start, start + LIMITS.batchMaxLeaves)]);
    }
  }
  return batches;
}

async function settled(asked: AnchorAsked, path: string): Promise<UploadAnswered> {
  let pauseMs = 100;
  for (let waited = 0; ; waited += pauseMs) {
    const found = await patiently(STAYS, () => ask({ ...asked, signal: STAYS }, path));
    if (found.state !== "anchoring") {
      return found;
    }
    asked.onProgress({ step: "anchor", done: 0, total: 1, unit: "steps" });
    if (waited >= SETTLE_MAX_MS) {
      throw new MendrecError("unavailable.upload_under_way", "The records are on their way and not confirmed yet.", {
        remedy: "Nothing is lost: look again in a few minutes; it goes on from where it is.",
      });
    }
    pauseMs = Math.min(1000, pauseMs * 1.5);
    await pause(pauseMs, STAYS);
  }
}

async function ask({ http, signal }: AnchorAsked, path: string): Promise<UploadAnswered> {
  return (await http.json("GET", path, zUploadAnswered, { signal })) as UploadAnswered;
}

function doneOf(found: UploadAnswered, upload: KeptUpload, records: readonly Signed[]): UploadDone {
  const told = found.receipt?.records ?? [];
  const wanted = records.map((one) => one.digestHex);
  if (spelled(told.map((one) => one.manifest_digest_hex)) !== spelled(wanted)) {
    throw lyingNode("The node's receipt is not about the records that were sent.");
  }
  return {
    key: upload.key,
    actIdHex: found.act_id_hex ?? "",
    records: told.map((one) => ({ sequence: one.sequence, leafIndex: one.leaf_index })),
  };
}

function signedRecords(records: readonly KeptRecord[], total: number): Signed[] {
  const signed = records.flatMap((one) =>
    one.manifest === null ? [] : [{ ...one, manifest: one.manifest, digestHex: sha256Hex(one.manifest) }],
  );
  if (signed.length !== total) {
    throw new TypeError("not everything is sealed and signed");
  }
  return signed;
}

function objectsOf({ body, manifest, envelopes }: Signed): SealedObject[] {
  return [
    { role: "payload", cid: body.payload.cid, sizeBytes: body.payload.sizeBytes },
    { role: "manifest", cid: cidOfRaw(manifest), sizeBytes: manifest.length },
    { role: "envelopes", cid: body.envelopes, sizeBytes: envelopes.length },
  ];
}

function announcedAs(upload: KeptUpload): string {
  return keyDigestHex(upload.announced === 0 ? upload.key : `${upload.key} ${upload.announced}`);
}

function wholeNumber(value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw otherThanSent();
  }
  return value;
}

function otherThanSent(): MendrecError {
  return lyingNode("The node wants something else anchored than what was sent.");
}
