/** A few small, public facts that this browser keeps for the origin. Where it may keep nothing, they last for the page. */

export type Keeping = {
  read(key: string): string | null;
  write(key: string, text: string): void;
  remove(key: string): void;
};

/** `localStorage` where the browser allows it, else memory. Never for keys, plaintext or names. */
export function keeping(storage: () => Storage = () => globalThis.localStorage): Keeping {
  const memory = new Map<string, string>();
  const tried = <T>(use: (storage: Storage) => T, instead: () => T): T => {
    try {
      return use(storage());
    } catch {
      return instead();
    }
  };
  return {
    read: (key) =>
      tried(
        (kept) => kept.getItem(key),
        () => null,
      ) ??
      memory.get(key) ??
      null,
    write: (key, text) => {
      memory.set(key, text);
      tried(
        (kept) => kept.setItem(key, text),
        () => undefined,
      );
    },
    remove: (key) => {
      memory.delete(key);
      tried(
        (kept) => kept.removeItem(key),
        () => undefined,
      );
    },
  };
}
