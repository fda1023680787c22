import { expect, test } from "vitest";
import type { Address, ListedRecord } from "../node/types.ts";
import { hasUnasked, mergeListings } from "./mergeListings.ts";

const PATIENT: Address = "0x00000000000000000000000000000000000000A1";
const REFUSED = { code: "refused.private", message: "No.", remedy: "" };

function record(sequence: number, title: string | null, extra: Partial<ListedRecord> = {}): ListedRecord {
  return {
    patient: PATIENT,
    sequence,
    leafIndex: null,
    categoryCode: "imaging",
    author: PATIENT,
    location: 1,
    recordedAt: 1,
    final: true,
    private: false,
    manifestDigestHex: `d${sequence}`,
    sizeBytes: null,
    descriptor: title === null ? null : { title, mediaType: "text/plain", fhirType: null, codes: [], fileName: null },
    refusal: null,
    ...extra,
  };
}

const titles = (records: readonly ListedRecord[]) => records.map((one) => one.descriptor?.title ?? null);

test("titles of another purpose stay, and new ones come", () => {
  const merged = mergeListings([record(0, null), record(1, "New")], [record(0, "Old"), record(1, null)]);
  expect(titles(merged)).toEqual(["Old", "New"]);
});

test("what is listed no more goes, and the title of another content is not taken", () => {
  const merged = mergeListings([record(1, null, { manifestDigestHex: "other" })], [record(0, "Old"), record(1, "Old")]);
  expect(titles(merged)).toEqual([null]);
});

test("why something failed is the newest's to say; that it is private stays", () => {
  const before = [record(0, "A", { refusal: REFUSED }), record(1, null, { private: true, refusal: REFUSED })];
  const merged = mergeListings([record(0, null), record(1, null)], before);
  expect(merged.map((one) => [one.private, one.refusal])).toEqual([
    [false, null],
    [true, REFUSED],
  ]);
});

test("tells whether titles were not asked for yet", () => {
  const records = [record(0, null), record(1, null, { categoryCode: "allergy", refusal: REFUSED })];
  expect(hasUnasked(records, ["imaging"])).toBe(true);
  expect(hasUnasked(records, ["allergy", "medication"])).toBe(false);
});
