import { expect, test } from "vitest";
import type { ReceiptAnswered } from "../generated/api/types.gen.ts";
import { en } from "../i18n/en.ts";
import { readsCsv, readsJson } from "./readsExport.ts";

const RECEIPT: ReceiptAnswered = {
  receipt_id: 1,
  request_digest_hex: "",
  signature_hex: "",
  custodian: "0xC",
  reader: "0xA",
  patient: "0xP",
  sequence: 4,
  manifest_digest_hex: "d1",
  act: "OPEN",
  purpose: "TREAT",
  outcome: "refused.access.expired",
  head_number: 1,
  head_hash_hex: "",
  decided_at: 10_000,
};

test("a refused request is a row that says that it was one, with the reason in a column of its own", () => {
  const [, row = ""] = readsCsv(en, [{ receipt: RECEIPT, entry: null }], () => null).split("\r\n");
  expect(row.split(",")[3]).toBe("Tried to open");
  expect(row.split(",")[7]).toBe("refused.access.expired");
});

test("an entry is called by its sealed title, which is the same in every language", () => {
  const descriptor = {
    title: "Observation: Hemoglobin A1c, 2026-11-12",
    fhirType: "Observation",
    codes: [{ system: "http://loinc.org", code: "4548-4" }],
  };
  const reads = [{ receipt: RECEIPT, entry: { key: "4", descriptor, categoryCode: "laboratory" } }];
  expect(readsCsv(en, reads, () => null)).toContain(`"${descriptor.title}"`);
  expect(JSON.parse(readsJson(reads, () => null)).items[0].entry_title).toBe(descriptor.title);
});
