/** What the vault keeps in this browser, in IndexedDB: nothing that opens anything can be read out of it. */
import { type DBSchema, type IDBPDatabase, openDB, unwrap } from "idb";
import type { Address } from "../core/ids.ts";
import type { KeptRecord, KeptUpload } from "./upload/keptUpload.ts";

/** A person's identity by its public half, as a key of WebCrypto that nobody can read out; whose it is. */
export type KeptIdentity = {
  readonly recipient: string;
  readonly account: Address;
  readonly key: CryptoKey;
  /** Taken up from an old backup, for what was sealed to it: never the one that counts, whatever a node says is published. */
  readonly isOlder?: true;
};

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

const NAME = "mendrec-vault";
const VERSION = 2;
/** Those that this page closed for another tab: a call of `close()` tells nobody. */
const closedHere = new WeakSet<object>();

/** A database of a newer version; one that this page closed for it. */
const OF_NEWER_PAGES = ["VersionError", "InvalidStateError"];

/**
 * Opens it. Throws `VersionError` where a newer page has made more of it, unless it is opened as whatever it is: to take
 * something away, and only where there is one.
 */
export function openDatabase(name = NAME, isAnyVersion = false): Promise<Database> {
  return openDB<Schema>(name, isAnyVersion ? undefined : VERSION, {
    upgrade(database, from) {
      if (isAnyVersion) {
        throw new TypeError("there is none");
      }
      if (from < 1) {
        database.createObjectStore("identities", { keyPath: "recipient" });
        database.createObjectStore("uploads", { keyPath: "key" }).createIndex("author", "author");
        database.createObjectStore("records");
        database.createObjectStore("files");
      }
      database.createObjectStore("newest");
    },
    blocking(_current, _blocked, event) {
      const database = event.target as IDBDatabase;
      closedHere.add(database);
      database.close(); // another tab has a newer page: do not stand in its way
    },
  });
}

/** Opens a database when it is first needed, and again where it was closed. */
export class LazyDatabase {
  readonly #open: (isAnyVersion: boolean) => Promise<Database>;
  #opened: Promise<Database> | null = null;

  constructor(open: (isAnyVersion: boolean) => Promise<Database> = (isAny) => openDatabase(NAME, isAny)) {
    this.#open = open;
  }

  /** The database. Throws what opening throws; the next call tries anew. */
  async get(): Promise<Database> {
    this.#opened ??= this.#open(false).then((database) => {
      database.addEventListener("close", () => {
        this.#opened = null;
      });
      return database;
    });
    const opening = this.#opened;
    try {
      const database = await opening;
      if (!closedHere.has(unwrap(database))) {
        return database;
      }
    } catch (thrown) {
      this.#opened = null;
      throw thrown;
    }
    if (this.#opened === opening) {
      this.#opened = null;
    }
    return this.get();
  }

  /** Empties a store, whatever version of the database there is: an older page takes its person's key away too. */
  async clear(store: "identities"): Promise<void> {
    try {
      await (await this.get()).clear(store);
    } catch (thrown) {
      // A newer page has made more of it, now or before. It exists then: opening it makes none.
      if (!(thrown instanceof Error && OF_NEWER_PAGES.includes(thrown.name))) {
        throw thrown;
      }
      const database = await this.#open(true);
      try {
        if (database.objectStoreNames.contains(store)) {
          await database.clear(store);
        }
      } finally {
        database.close();
      }
    }
  }
}
