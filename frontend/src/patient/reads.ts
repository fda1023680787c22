/** Who read what: receipts joined with the entries that they are about, filtered, and repeated ones taken together. */
import type { Descriptor } from "../core/descriptor.ts";
import type { ReceiptAnswered } from "../generated/api/types.gen.ts";

/** What is known here of an entry: by the digest of its manifest. */
export type KnownEntry = {
  readonly key: string;
  /** Null where it is not known here. */
  readonly descriptor: Pick<Descriptor, "title" | "fhirType" | "codes"> | null;
  readonly categoryCode: string;
};

export type Read = {
  readonly receipt: ReceiptAnswered;
  readonly entry: KnownEntry | null;
};

/** Several reads of one person, one after the other: the same act for the same reason, with the same outcome. */
export type ReadGroup = {
  readonly key: string;
  readonly reader: string;
  readonly act: ReceiptAnswered["act"];
  readonly purpose: string;
  readonly outcome: string;
  /** Newest first. */
  readonly reads: readonly Read[];
  /** Unix seconds. */
  readonly lastAt: number;
  readonly firstAt: number;
  /** Each entry once, in the order in which it was read. */
  readonly entries: readonly KnownEntry[];
  /** How many entries, known here or not. */
  readonly count: number;
};

export type ReadFilters = {
  readonly reader: string | null;
  readonly act: ReceiptAnswered["act"] | null;
  /** Unix seconds; `from` included, `until` excluded. */
  readonly from: number | null;
  readonly until: number | null;
  readonly refusedOnly: boolean;
};

export const NO_READ_FILTERS: ReadFilters = { reader: null, act: null, from: null, until: null, refusedOnly: false };

/** Reads that are at most so far apart belong together. */
const TOGETHER_S = 600;

export const isReleased = ({ outcome }: { readonly outcome: string }) => outcome === "released";

/** Every read with what it was of; newest first. */
export function joinReads(
  receipts: readonly ReceiptAnswered[],
  entries: ReadonlyMap<string, KnownEntry>,
): readonly Read[] {
  return receipts
    .map((receipt) => ({ receipt, entry: entries.get(receipt.manifest_digest_hex) ?? null }))
    .toSorted((a, b) => b.receipt.decided_at - a.receipt.decided_at || b.receipt.receipt_id - a.receipt.receipt_id);
}

export function filterReads(reads: readonly Read[], filters: ReadFilters): readonly Read[] {
  return reads.filter(
    ({ receipt }) =>
      (filters.reader === null || receipt.reader === filters.reader) &&
      (filters.act === null || receipt.act === filters.act) &&
      (filters.from === null || receipt.decided_at >= filters.from) &&
      (filters.until === null || receipt.decided_at < filters.until) &&
      (!filters.refusedOnly || !isReleased(receipt)),
  );
}

/** `reads` newest first. A read joins the group of its reader, act, purpose and outcome that it follows closely. */
export function groupReads(reads: readonly Read[]): readonly ReadGroup[] {
  const groups: Read[][] = [];
  const open = new Map<string, Read[]>();
  for (const read of reads) {
    const { reader, act, purpose, outcome, decided_at: at } = read.receipt;
    const kind = [reader, act, purpose, outcome].join("|");
    const group = open.get(kind);
    const before = group?.at(-1)?.receipt.decided_at ?? null;
    if (group !== undefined && before !== null && before - at <= TOGETHER_S) {
      group.push(read);
    } else {
      const begun = [read];
      groups.push(begun);
      open.set(kind, begun);
    }
  }
  return groups.flatMap((group) => {
    const [newest] = group;
    const oldest = group.at(-1);
    if (newest === undefined || oldest === undefined) return [];
    const { receipt_id, reader, act, purpose, outcome, decided_at } = newest.receipt;
    const entries = new Map(group.flatMap(({ entry }) => (entry === null ? [] : [[entry.key, entry]])));
    return [
      {
        key: String(receipt_id),
        reader,
        act,
        purpose,
        outcome,
        reads: group,
        lastAt: decided_at,
        firstAt: oldest.receipt.decided_at,
        entries: [...entries.values()],
        count: new Set(group.map(({ receipt }) => receipt.manifest_digest_hex)).size,
      },
    ];
  });
}

export type RefusalKind = "expired" | "nothing" | "not_yet" | "purpose" | "private" | "other";

/** Why it was refused, of a few kinds that have words. */
export function refusalKind(outcome: string): RefusalKind {
  if (/expired/i.test(outcome)) return "expired";
  if (/not_yet/i.test(outcome)) return "not_yet";
  if (/purpose/i.test(outcome)) return "purpose";
  if (/private/i.test(outcome)) return "private";
  return /nothing|not_granted|right_missing/i.test(outcome) ? "nothing" : "other";
}
