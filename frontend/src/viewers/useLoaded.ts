/** What is made of a blob, while it is being made and after: `null` is "not yet". */
import { useEffect, useState } from "react";
import { type Trouble, troubleOf } from "./CannotShow.tsx";

export type Loaded<T> =
  | { readonly value: T; readonly trouble: null }
  | { readonly value: null; readonly trouble: Trouble }
  | null;

/** @param load must be stable for as long as it makes the same thing (`useCallback`, or a function of a module). */
export function useLoaded<S, T>(source: S, load: (source: S, signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [found, setFound] = useState<{ readonly source: S; readonly load: unknown; readonly loaded: Loaded<T> }>();
  useEffect(() => {
    const stop = new AbortController();
    load(source, stop.signal).then(
      (value) => !stop.signal.aborted && setFound({ source, load, loaded: { value, trouble: null } }),
      (error: unknown) =>
        !stop.signal.aborted && setFound({ source, load, loaded: { value: null, trouble: troubleOf(error) } }),
    );
    return () => stop.abort();
  }, [source, load]);
  return found !== undefined && found.source === source && found.load === load ? found.loaded : null;
}
