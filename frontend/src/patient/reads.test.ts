import { describe, expect, test } from "vitest";
import type { ReceiptAnswered } from "../generated/api/types.gen.ts";
import { filterReads, groupReads, joinReads, NO_READ_FILTERS, refusalKind } from "./reads.ts";

const known = new Map([
  ["aa", { key: "3", descriptor: { title: "Blood count", fhirType: null, codes: [] }, categoryCode: "laboratory" }],
]);

function receipt(receipt_id: number, extra: Partial<ReceiptAnswered> = {}): ReceiptAnswered {
  return {
    receipt_id,
    request_digest_hex: "",
    signature_hex: "",
    custodian: "0xC",
    reader: "0xA",
    patient: "0xP",
    sequence: receipt_id,
    manifest_digest_hex: `d${receipt_id}`,
    act: "OPEN",
    purpose: "TREAT",
    outcome: "released",
    head_number: 1,
    head_hash_hex: "",
    decided_at: 10_000 + receipt_id,
    ...extra,
  };
}

describe("reads", () => {
  test("are newest first, with what is known of the entry", () => {
    const reads = joinReads([receipt(1), receipt(2, { manifest_digest_hex: "aa" })], known);
    expect(reads.map(({ receipt: one, entry }) => [one.receipt_id, entry?.descriptor?.title ?? null])).toEqual([
      [2, "Blood count"],
      [1, null],
    ]);
  });

  test("those that follow closely are one group; another reader, act, reason or outcome is not", () => {
    const reads = joinReads(
      [
        receipt(1),
        receipt(2),
        receipt(3, { outcome: "refused.access.expired" }),
        receipt(4, { reader: "0xB" }),
        receipt(5),
        receipt(6, { decided_at: 20_000 }),
      ],
      known,
    );
    expect(groupReads(reads).map(({ count, reader, outcome }) => [count, reader, outcome])).toEqual([
      [1, "0xA", "released"],
      [3, "0xA", "released"],
      [1, "0xB", "released"],
      [1, "0xA", "refused.access.expired"],
    ]);
  });

  test("the same entry read again counts once", () => {
    const again = { manifest_digest_hex: "aa" };
    const [group] = groupReads(joinReads([receipt(1, again), receipt(2, again)], known));
    expect([group?.count, group?.reads.length, group?.entries.length]).toEqual([1, 2, 1]);
  });

  test("filters narrow together; the end of a time is left out", () => {
    const reads = joinReads(
      [receipt(1), receipt(2, { act: "LIST" }), receipt(3, { outcome: "refused.private" })],
      known,
    );
    const ids = (filters: Partial<typeof NO_READ_FILTERS>) =>
      filterReads(reads, { ...NO_READ_FILTERS, ...filters }).map(({ receipt: one }) => one.receipt_id);
    expect(ids({ act: "LIST" })).toEqual([2]);
    expect(ids({ refusedOnly: true })).toEqual([3]);
    expect(ids({ from: 10_002, until: 10_003 })).toEqual([2]);
    expect(ids({ reader: "0xB" })).toEqual([]);
  });
});

test.each([
  ["refused.access.expired", "expired"],
  ["refused.access.nothing_granted", "nothing"],
  ["refused.access.not_yet_valid", "not_yet"],
  ["refused.access.purpose_mismatch", "purpose"],
  ["refused.private", "private"],
  ["refused.suspended", "other"],
])("%s has words", (outcome, kind) => expect(refusalKind(outcome)).toBe(kind));
