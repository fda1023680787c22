/** What the vault keeps in this browser, in IndexedDB: nothing that opens anything can be read out of it. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Address } from "../core/ids.ts";
import type { KeptRecord, KeptUpload } from "./upload/keptUpload.ts";

/** A person's identity by its public half, as a key of WebCrypto that nobody can read out; whose it is. */
export type KeptIdentity = { readonly recipient: string; readonly account: Address; readonly key: CryptoKey };

/** The newest version of something sealed to oneself, and its tag, by which two of one version are told apart. */
export type SeenInSafe = { readonly version: number; readonly tagHex: string };

interface Schema extends DBSchema {
  identities: { key: string; value: KeptIdentity };
  /** By idempotency key: what was sealed for an upload that is not anchored yet. */
  uploads: { key: string; value: KeptUpload; indexes: { author: string } };
  /** What was sealed for an upload, by its key and the record's position. */
  records: { key: [string, number]; value: KeptRecord };
  /** What was last seen in a slot of an account's safe: not secret, and kept when the key is forgotten. */
  newest: { key: [string, string]; value: SeenInSafe };
  /** Ciphertext, where the browser has no file system of its own; by folder and name. */
  files: { key: [string, string]; value: Blob };
}

export type Database = IDBPDatabase<Schema>;

/** Opens it; `terminated` is called where the browser closes it on its own. */
export function openDatabase(name = "mendrec-vault"): Promise<Database> {
  return openDB<Schema>(name, 2, {
    upgrade(database, from) {
      if (from < 1) {
        database.createObjectStore("identities", { keyPath: "recipient" });
        database.createObjectStore("uploads", { keyPath: "key" }).createIndex("author", "author");
        database.createObjectStore("records");
        database.createObjectStore("files");
      }
      database.createObjectStore("newest");
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close(); // another tab has a newer page: do not stand in its way
    },
  });
}

/** Opens a database when it is first needed, and again where it was closed. */
export class LazyDatabase {
  readonly #open: () => Promise<Database>;
  #opened: Promise<Database> | null = null;

  constructor(open: () => Promise<Database> = () => openDatabase()) {
    this.#open = open;
  }

  /** The database. Throws what opening throws; the next call tries anew. */
  async get(): Promise<Database> {
    this.#opened ??= this.#open().then((database) => {
      database.addEventListener("close", () => {
        this.#opened = null;
      });
      return database;
    });
    try {
      return await this.#opened;
    } catch (thrown) {
      this.#opened = null;
      throw thrown;
    }
  }
}
