/**
 * Files that the browser keeps for the vault: the ciphertext of uploads that are not anchored yet. In the origin's private
 * file system where there is one, else in IndexedDB.
 */
import type { LazyDatabase } from "./database.ts";

export type KeptSink = {
  write(chunk: Uint8Array): Promise<void>;
  /** Makes what was written durable. */
  finish(): Promise<void>;
  /** Gives it up; no error where it is over. */
  discard(): Promise<void>;
};

/** Names are of letters, digits, `.`, `-` and `_`. */
export type KeptFiles = {
  /** Begins a file anew. Nothing else may write to it meanwhile. */
  create(folder: string, name: string): Promise<KeptSink>;
  /** A file's content, read as it is asked for; null where there is none. */
  read(folder: string, name: string): Promise<Blob | null>;
  /** Removes a folder; no error where there is none. */
  remove(folder: string): Promise<void>;
  folders(): Promise<string[]>;
};

const ROOT = "mendrec-uploads";

/** The private file system where it works, else IndexedDB. */
export async function openKeptFiles(database: LazyDatabase): Promise<KeptFiles> {
  try {
    const top = await navigator.storage.getDirectory();
    return new FolderFiles(await top.getDirectoryHandle(ROOT, { create: true }));
  } catch {
    return new DatabaseFiles(database); // private windows of some browsers
  }
}

class FolderFiles implements KeptFiles {
  readonly #root: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  async create(folder: string, name: string): Promise<KeptSink> {
    const within = await this.#root.getDirectoryHandle(folder, { create: true });
    const file = await within.getFileHandle(name, { create: true });
    // Several times as fast as a writable stream, which copies the file first.
    return file.createSyncAccessHandle === undefined
      ? writableSink(await file.createWritable())
      : handleSink(await file.createSyncAccessHandle());
  }

  async read(folder: string, name: string): Promise<Blob | null> {
    try {
      const within = await this.#root.getDirectoryHandle(folder);
      return await (await within.getFileHandle(name)).getFile();
    } catch (thrown) {
      if (isNotFound(thrown)) {
        return null;
      }
      throw thrown;
    }
  }

  async remove(folder: string): Promise<void> {
    try {
      await this.#root.removeEntry(folder, { recursive: true });
    } catch (thrown) {
      if (!isNotFound(thrown)) {
        throw thrown;
      }
    }
  }

  async folders(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.#root.keys()) {
      names.push(name);
    }
    return names;
  }
}

function handleSink(handle: FileSystemSyncAccessHandle): KeptSink {
  let position = 0;
  let open = true;
  handle.truncate(0);
  const close = () => {
    if (open) {
      open = false;
      handle.close();
    }
  };
  return {
    async write(chunk) {
      let done = 0;
      while (done < chunk.length) {
        const written = handle.write(chunk.subarray(done) as Uint8Array<ArrayBuffer>, { at: position });
        if (written <= 0) {
          throw new DOMException("No room.", "QuotaExceededError");
        }
        done += written;
        position += written;
      }
    },
    async finish() {
      handle.flush();
      close();
    },
    async discard() {
      close();
    },
  };
}

function writableSink(stream: FileSystemWritableFileStream): KeptSink {
  return {
    write: (chunk) => stream.write(chunk as Uint8Array<ArrayBuffer>),
    finish: () => stream.close(),
    discard: () => stream.abort().catch(() => undefined),
  };
}

/** Exported for tests; see {@link openKeptFiles}. */
export class DatabaseFiles implements KeptFiles {
  readonly #database: LazyDatabase;

  constructor(database: LazyDatabase) {
    this.#database = database;
  }

  async create(folder: string, name: string): Promise<KeptSink> {
    let parts: Blob[] = [];
    return {
      // A Blob each: the browser keeps them where it likes, and this worker's memory stays small.
      write: async (chunk) => {
        parts.push(new Blob([chunk as Uint8Array<ArrayBuffer>]));
      },
      finish: async () => {
        await (await this.#database.get()).put("files", new Blob(parts), [folder, name]);
        parts = [];
      },
      discard: async () => {
        parts = [];
      },
    };
  }

  async read(folder: string, name: string): Promise<Blob | null> {
    return (await (await this.#database.get()).get("files", [folder, name])) ?? null;
  }

  async remove(folder: string): Promise<void> {
    await (await this.#database.get()).delete("files", IDBKeyRange.bound([folder], [folder, []]));
  }

  async folders(): Promise<string[]> {
    const keys = await (await this.#database.get()).getAllKeys("files");
    return [...new Set(keys.map(([folder]) => folder))];
  }
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "NotFoundError";
}
