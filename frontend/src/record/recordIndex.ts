/**
 * The timeline's own index: filters and search over what was listed, in the browser alone. Built once for a list, so that
 * each keystroke over 10,000 entries is one pass over short lower-case texts.
 */
import type { Descriptor } from "../core/descriptor.ts";
import type { Address, ListedRecord } from "../node/types.ts";

export type RecordFilters = {
  readonly categories: readonly string[];
  readonly authors: readonly Address[];
  /** Unix seconds, `from` included and `until` excluded. */
  readonly from: number | null;
  readonly until: number | null;
  readonly text: string;
};

export const NO_FILTERS: RecordFilters = { categories: [], authors: [], from: null, until: null, text: "" };

export type IndexedRecord = { readonly key: string; readonly record: ListedRecord; readonly words: string };

export type RecordIndex = {
  /** Newest first. */
  readonly all: readonly IndexedRecord[];
  readonly categories: ReadonlyMap<string, number>;
  readonly authors: ReadonlyMap<Address, number>;
};

/** Names an entry in an address of this page: `12`, or `12.3` for the fourth record of a batch. */
export function entryKey(record: Pick<ListedRecord, "sequence" | "leafIndex">): string {
  return record.leafIndex === null ? String(record.sequence) : `${record.sequence}.${record.leafIndex}`;
}

/** The entry that a key names; null where it is none. */
export function parseEntryKey(key: string): { readonly sequence: number; readonly leafIndex: number | null } | null {
  const found = /^(0|[1-9]\d{0,14})(?:\.(0|[1-9]\d{0,7}))?$/.exec(key);
  if (found === null) return null;
  return { sequence: Number(found[1]), leafIndex: found[2] === undefined ? null : Number(found[2]) };
}

/** The words that a person sees, so that they can be searched for beside those that are sealed. */
export type ShownWords = {
  readonly category: (code: string) => string;
  readonly author: (author: Address) => string;
  readonly title: (descriptor: Descriptor) => string;
};

export function indexRecords(records: readonly ListedRecord[], shown: ShownWords): RecordIndex {
  const categories = new Map<string, number>();
  const authors = new Map<Address, number>();
  const all = records.map((record) => {
    categories.set(record.categoryCode, (categories.get(record.categoryCode) ?? 0) + 1);
    authors.set(record.author, (authors.get(record.author) ?? 0) + 1);
    return { key: entryKey(record), record, words: wordsOf(record, shown) };
  });
  all.sort(
    (a, b) =>
      b.record.recordedAt - a.record.recordedAt ||
      b.record.sequence - a.record.sequence ||
      (b.record.leafIndex ?? 0) - (a.record.leafIndex ?? 0),
  );
  return { all, categories, authors };
}

/** What is left when filters and every word of the search hold. Keeps the order. */
export function filterRecords(index: RecordIndex, filters: RecordFilters): readonly IndexedRecord[] {
  const wanted = folded(filters.text)
    .split(/\s+/)
    .filter((word) => word !== "");
  const categories = new Set(filters.categories);
  const authors = new Set(filters.authors);
  return index.all.filter(
    ({ record, words }) =>
      (categories.size === 0 || categories.has(record.categoryCode)) &&
      (authors.size === 0 || authors.has(record.author)) &&
      (filters.from === null || record.recordedAt >= filters.from) &&
      (filters.until === null || record.recordedAt < filters.until) &&
      wanted.every((word) => words.includes(word)),
  );
}

export type TimelineRow =
  | { readonly kind: "month"; readonly key: string; readonly at: number; readonly count: number }
  | { readonly kind: "entry"; readonly key: string; readonly entry: IndexedRecord };

/** Entries with a heading before each month of the person's own time zone. */
export function timelineRows(entries: readonly IndexedRecord[]): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let heading = null as { kind: "month"; key: string; at: number; count: number } | null;
  for (const entry of entries) {
    const at = new Date(entry.record.recordedAt * 1_000);
    const key = `${at.getFullYear()}-${at.getMonth()}`;
    if (heading?.key !== key) {
      heading = { kind: "month", key, at: entry.record.recordedAt, count: 0 };
      rows.push(heading);
    }
    heading.count += 1;
    rows.push({ kind: "entry", key: entry.key, entry });
  }
  return rows;
}

function wordsOf(record: ListedRecord, shown: ShownWords): string {
  const { descriptor } = record;
  const parts = [shown.category(record.categoryCode), shown.author(record.author)];
  if (descriptor !== null) {
    parts.push(descriptor.title, shown.title(descriptor));
    parts.push(descriptor.fhirType ?? "", descriptor.fileName ?? "", descriptor.mediaType);
    for (const coding of descriptor.codes) parts.push(coding.code, coding.display ?? "");
  }
  return folded(parts.join("\n"));
}

/** Without case and accents: "Befund" finds "BEFUND", "cafe" finds "Café". Korean syllables stay whole. */
function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .normalize("NFC")
    .toLowerCase();
}
