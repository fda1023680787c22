/** Where a record is: its place on a patient's chain, and what proves it. */
import type { ChainEntry } from "../../core/chainLink.ts";
import type { Address } from "../../core/ids.ts";
import type { RecordRef } from "../../core/verifying.ts";

/** A record found on the chain: the path to it was walked, or its proof was checked. */
export type LocatedRecord = {
  readonly ref: RecordRef;
  readonly entry: ChainEntry;
  /** RFC 9162 inclusion path; empty for an entry that is one record. */
  readonly pathHex: readonly string[];
  readonly final: boolean;
};

/** Names a record within one patient's chain. */
export function placeOf(record: { readonly sequence: number; readonly leafIndex: number | null }): string {
  return record.leafIndex === null ? `${record.sequence}` : `${record.sequence}.${record.leafIndex}`;
}

/** Where the node tells of a record. */
export function recordPath(patient: Address, sequence: number, leafIndex: number | null): string {
  return `/v1/patients/${patient}/records/${sequence}${leafIndex === null ? "" : `/${leafIndex}`}`;
}
