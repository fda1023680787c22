/** What the page asks the worker for. */
import type { Trouble } from "../CannotShow.tsx";
import type { Frame, Opened } from "./image.ts";

export type Answer<T> = { readonly value: T } | { readonly trouble: Trouble };

export type DicomWorker = {
  /** Takes the file; the frames asked for afterwards are its. */
  open(bytes: Uint8Array): Promise<Answer<Opened>>;
  /** @param index from 0 */
  frame(index: number): Promise<Answer<Frame>>;
};
