/** What an upload came to: each entry with its address, where whoever added it may read it. */
import type { Address } from "../node/types.ts";
import type { UploadDone } from "../vault/types.ts";

export type DoneEntry = {
  readonly key: string;
  readonly title: string;
  /** Null where it is written and may not be read. */
  readonly href: string | null;
};

type Asked = {
  readonly patient: Address;
  readonly isOwn: boolean;
  readonly records: UploadDone["records"];
  readonly titles: readonly string[];
  readonly categories: readonly string[] | null;
  /** Codes of the categories that may be read; of one's own record all may. */
  readonly readable: readonly string[];
};

export function doneEntries({ patient, isOwn, records, titles, categories, readable }: Asked): readonly DoneEntry[] {
  const base = isOwn ? "/record" : `/patients/${patient}`;
  return records.map(({ sequence, leafIndex }, at) => {
    const key = leafIndex === null ? `${sequence}` : `${sequence}.${leafIndex}`;
    const category = categories?.[at];
    // Of which category it is nobody knows any more: the entry's own place says whether it may be read.
    const mayRead = isOwn || (category === undefined ? readable.length > 0 : readable.includes(category));
    return { key, title: titles[at] ?? key, href: mayRead ? `${base}/${key}` : null };
  });
}
