import { describe, expect, test } from "vitest";
import { clinicalOf } from "../i18n/clinical.ts";
import type { Address, ListedRecord } from "../node/types.ts";
import { shownTitle } from "./entryTitle.ts";
import { entryKey, filterRecords, indexRecords, NO_FILTERS, parseEntryKey, timelineRows } from "./recordIndex.ts";

const GP: Address = "0x00000000000000000000000000000000000000A1";
const WARD: Address = "0x00000000000000000000000000000000000000b2";

function record(sequence: number, extra: Partial<ListedRecord> & { title?: string } = {}): ListedRecord {
  const { title, ...rest } = extra;
  return {
    patient: GP,
    sequence,
    leafIndex: null,
    categoryCode: "laboratory",
    author: GP,
    location: 1,
    recordedAt: 1_750_000_000 + sequence * 1_000,
    final: true,
    private: false,
    manifestDigestHex: null,
    sizeBytes: null,
    descriptor: {
      title: title ?? `Entry ${sequence}`,
      mediaType: "text/plain",
      fhirType: null,
      codes: [],
      fileName: null,
    },
    refusal: null,
    ...rest,
  };
}

const index = (records: readonly ListedRecord[]) =>
  indexRecords(records, {
    category: (code) => code,
    author: (author) => (author === GP ? "North practice" : "South ward"),
    title: (descriptor) => shownTitle(clinicalOf("ko", "ko-KR"), descriptor),
  });
const found = (records: readonly ListedRecord[], filters: Partial<typeof NO_FILTERS>) =>
  filterRecords(index(records), { ...NO_FILTERS, ...filters }).map((one) => one.key);

describe("the timeline's index", () => {
  test("is newest first, and within a batch last leaf first", () => {
    const batch = [0, 1, 2].map((leafIndex) => record(5, { leafIndex, recordedAt: 9 }));
    expect(index([record(1), ...batch, record(2)]).all.map((one) => one.key)).toEqual(["2", "1", "5.2", "5.1", "5.0"]);
  });

  test("finds by every word, in any order, without case and accents", () => {
    const records = [
      record(1, { title: "Blutbild, groß" }),
      record(2, { title: "Café visit" }),
      record(3, { title: "혈액 검사" }),
    ];
    expect(found(records, { text: "GROSS blut" })).toEqual([]);
    expect(found(records, { text: "groß BLUT" })).toEqual(["1"]);
    expect(found(records, { text: "cafe" })).toEqual(["2"]);
    expect(found(records, { text: "혈액" })).toEqual(["3"]);
    expect(found(records, { text: "north blutbild" })).toEqual(["1"]);
  });

  test("finds an entry by the title that is sealed, and by the one that is shown", () => {
    const sealed = record(1, { title: "Observation: Hemoglobin A1c, 2026-11-12" });
    const codes = [{ system: "http://loinc.org", code: "4548-4" }];
    const descriptor = sealed.descriptor === null ? null : { ...sealed.descriptor, fhirType: "Observation", codes };
    for (const text of ["observation hemoglobin", "2026-11-12", "당화혈색소", "2026년 11월 12일"]) {
      expect(found([{ ...sealed, descriptor }, record(2)], { text }), text).toEqual(["1"]);
    }
  });

  test("filters narrow together: category, author, and a time with its end left out", () => {
    const records = [record(1), record(2, { categoryCode: "imaging" }), record(3, { author: WARD }), record(4)];
    expect(found(records, { categories: ["laboratory"], authors: [GP] })).toEqual(["4", "1"]);
    expect(found(records, { from: 1_750_002_000, until: 1_750_004_000 })).toEqual(["3", "2"]);
  });

  test("an entry that may not be seen is there, and is not found by text that it does not have", () => {
    const sealed = record(1, { descriptor: null });
    expect(found([sealed], {})).toEqual(["1"]);
    expect(found([sealed], { text: "entry" })).toEqual([]);
  });

  test("each month has one heading that counts its entries", () => {
    const at = (month: number, day: number) => new Date(2026, month, day, 12).getTime() / 1_000;
    const records = [
      record(1, { recordedAt: at(0, 1) }),
      record(2, { recordedAt: at(0, 31) }),
      record(3, { recordedAt: at(1, 1) }),
    ];
    const rows = timelineRows(index(records).all);
    expect(rows.map((row) => (row.kind === "month" ? row.count : row.key))).toEqual([1, "3", 2, "2", "1"]);
  });
});

describe("an entry's key", () => {
  test.each([record(0), record(7, { leafIndex: 0 }), record(12, { leafIndex: 999 })])("comes back", (one) => {
    expect(parseEntryKey(entryKey(one))).toEqual({ sequence: one.sequence, leafIndex: one.leafIndex });
  });

  test.each(["", "-1", "1.", ".1", "01", "1.2.3", "1e3", "9999999999999999", " 1", "1\n", "__proto__"])(
    "%j is none",
    (key) => {
      expect(parseEntryKey(key)).toBeNull();
    },
  );
});
