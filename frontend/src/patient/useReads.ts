/** The reads of one's record, with the titles of the entries as far as they are known here. */
import { useMemo } from "react";
import { entryKey } from "../record/recordIndex.ts";
import { joinReads, type KnownEntry, type Read } from "./reads.ts";
import { useReceipts, useRecordsTold, useTitledRecords } from "./useOwnRecord.ts";

export type Reads = {
  readonly reads: readonly Read[];
  readonly isPending: boolean;
  readonly error: unknown;
  readonly retry: () => void;
};

export function useReads(): Reads {
  const receipts = useReceipts();
  const told = useRecordsTold();
  const titled = useTitledRecords();
  const reads = useMemo(() => {
    const entries = new Map<string, KnownEntry>();
    for (const { sequence, leaf_index: leafIndex, manifest_digest_hex: digest, category_code } of told.data ?? []) {
      if (digest === null) continue;
      entries.set(digest, { key: entryKey({ sequence, leafIndex }), descriptor: null, categoryCode: category_code });
    }
    for (const record of titled.data ?? []) {
      const { manifestDigestHex: digest, descriptor, categoryCode } = record;
      if (digest === null) continue;
      entries.set(digest, { key: entryKey(record), descriptor, categoryCode });
    }
    return joinReads(receipts.data ?? [], entries);
  }, [receipts.data, told.data, titled.data]);
  return {
    reads,
    isPending: receipts.isPending,
    error: receipts.error,
    retry: () => void receipts.refetch(),
  };
}
