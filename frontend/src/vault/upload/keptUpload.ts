/**
 * An upload that is not anchored yet, as this browser keeps it: what was sealed, and how far it has come. Ciphertext,
 * envelopes and manifests lie here; keys of records and plaintext do not. Titles are sealed to the author.
 */
import { type Bytes, toUtf8 } from "../../core/bytes.ts";
import type { Cid } from "../../core/cid.ts";
import type { Address } from "../../core/ids.ts";
import type { ManifestBody } from "../../core/manifest.ts";
import { sha256Hex } from "../../core/sha256.ts";
import type { LazyDatabase } from "../database.ts";
import type { KeptFiles } from "../keptFiles.ts";
import type { UnfinishedUpload, UploadDone, VaultTrust } from "../types.ts";

/** Begins the name of the lock that a tab holds while it works on an upload; its key follows. */
export const UPLOAD_LOCK = "mendrec-upload ";

/** One record, sealed. Its payload is in a file; its keys are gone. */
export type KeptRecord = {
  /** Which of the upload's items. */
  readonly position: number;
  readonly categoryCode: string;
  /** What its author signs, or has signed. */
  readonly body: ManifestBody;
  readonly envelopes: Bytes;
  /** The manifest with its signature; null before it is signed. */
  readonly manifest: Bytes | null;
  /** Salted digest of what was sealed: whether a file that is chosen again is the same. */
  readonly meansHex: string;
};

export type KeptUpload = {
  /** Idempotency key. */
  readonly key: string;
  readonly author: Address;
  readonly patient: Address;
  readonly private: boolean;
  readonly trust: VaultTrust;
  /** Unix seconds. */
  readonly beganAt: number;
  /** Of this upload alone: what {@link KeptRecord.meansHex} is made with. */
  readonly salt: Bytes;
  /** age file to the author of a JSON list of titles; null where the author held no identity. */
  readonly sealedTitles: Bytes | null;
  readonly total: number;
  /** How often it was announced: the node forgets one that nothing is done for. */
  readonly announced: number;
  /** The node's name of it; null before it was announced. */
  readonly uploadId: string | null;
  /** Where the node says that it is anchored, while the chain has not been heard on it. Not there before. */
  readonly told?: UploadDone | null;
};

/** One object of a record, as it is announced and sent. */
export type SealedObject = {
  readonly role: "payload" | "manifest" | "envelopes";
  readonly cid: Cid;
  readonly sizeBytes: number;
};

/** The kept uploads of this browser. */
export class KeptUploads {
  readonly #database: LazyDatabase;
  readonly #files: () => Promise<KeptFiles>;

  constructor(database: LazyDatabase, files: () => Promise<KeptFiles>) {
    this.#database = database;
    this.#files = files;
  }

  async get(key: string): Promise<KeptUpload | null> {
    return (await (await this.#database.get()).get("uploads", key)) ?? null;
  }

  async put(upload: KeptUpload): Promise<void> {
    await (await this.#database.get()).put("uploads", upload);
  }

  async ofAuthor(author: Address): Promise<KeptUpload[]> {
    return (await this.#database.get()).getAllFromIndex("uploads", "author", author);
  }

  /** What was sealed so far, in the order of the items. */
  async records(key: string): Promise<KeptRecord[]> {
    return (await this.#database.get()).getAll("records", ofUpload(key));
  }

  async countRecords(key: string): Promise<number> {
    return (await this.#database.get()).count("records", ofUpload(key));
  }

  async putRecord(key: string, record: KeptRecord): Promise<void> {
    await (await this.#database.get()).put("records", record, [key, record.position]);
  }

  /** Removes everything of an upload; no error where there is nothing. */
  async remove(key: string): Promise<void> {
    const database = await this.#database.get();
    const both = database.transaction(["uploads", "records"], "readwrite");
    await Promise.all([
      both.objectStore("uploads").delete(key),
      both.objectStore("records").delete(ofUpload(key)),
      both.done,
    ]);
    await (await this.#files()).remove(keyDigestHex(key));
  }

  /**
   * Removes files that belong to no upload any more: of a tab that was closed while it gave one up, for one. An upload is noted
   * before its first file is made, so whatever is noted after the files were looked through keeps its own.
   */
  async removeStrays(): Promise<void> {
    const files = await this.#files();
    const folders = await files.folders();
    if (folders.length === 0) {
      return;
    }
    const noted = await (await this.#database.get()).getAllKeys("uploads");
    const owned = new Set([...noted, ...(await heldKeys())].map(keyDigestHex));
    for (const folder of folders) {
      if (!owned.has(folder)) {
        await files.remove(folder);
      }
    }
  }

  files(): Promise<KeptFiles> {
    return this.#files();
  }
}

/** Keys of uploads that some tab works on. */
async function heldKeys(): Promise<string[]> {
  const held = (await globalThis.navigator?.locks?.query().catch(() => null))?.held ?? [];
  return held.flatMap(({ name }) => (name?.startsWith(UPLOAD_LOCK) ? [name.slice(UPLOAD_LOCK.length)] : []));
}

function ofUpload(key: string): IDBKeyRange {
  return IDBKeyRange.bound([key, 0], [key, Number.MAX_SAFE_INTEGER]);
}

/** A key as it goes over the wire and names a folder: keys are any text. */
export function keyDigestHex(key: string): string {
  return sha256Hex(toUtf8(key));
}

/** The name of a record's payload in its upload's folder. */
export function payloadName(position: number): string {
  return `${position}.age`;
}

/** What is told of an unfinished upload. */
export function unfinished(upload: KeptUpload, titles: readonly string[], sealed: number): UnfinishedUpload {
  const { key, patient, beganAt, total } = upload;
  return { key, patient, titles, beganAt, sealed, total };
}
