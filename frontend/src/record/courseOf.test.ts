import { expect, test } from "vitest";
import type { Descriptor } from "../core/descriptor.ts";
import type { Address, ListedRecord } from "../node/types.ts";
import { courseOf, measuring } from "./courseOf.ts";

const PATIENT: Address = "0x00000000000000000000000000000000000000A1";
const PRESSURE = { system: "http://loinc.org", code: "85354-9" };

function record(sequence: number, descriptor: Partial<Descriptor> | null, categoryCode = "vital-signs"): ListedRecord {
  return {
    patient: PATIENT,
    sequence,
    leafIndex: null,
    categoryCode,
    author: PATIENT,
    location: 1,
    recordedAt: sequence,
    final: true,
    private: false,
    manifestDigestHex: null,
    sizeBytes: 1,
    descriptor:
      descriptor === null
        ? null
        : {
            title: "",
            mediaType: "application/fhir+json",
            fhirType: "Observation",
            codes: [PRESSURE],
            fileName: null,
            ...descriptor,
          },
    refusal: null,
  };
}

test("a course is of Observations with the same first code in the same system", () => {
  const one = record(1, {});
  const records = [
    one,
    record(2, {}),
    record(3, { codes: [{ ...PRESSURE, system: "urn:other" }] }),
    record(4, { fhirType: "Condition" }),
    record(5, { codes: [] }),
    record(6, null),
  ];
  expect(courseOf(records, one).map(({ sequence }) => sequence)).toEqual([1, 2]);
  expect(courseOf(records, record(7, { codes: [] }))).toEqual([]);
  expect(courseOf(records, record(8, null))).toEqual([]);
});

test("measuring are Observations, and Bundles of the kinds that measure; newest first", () => {
  const records = [
    record(1, {}),
    record(2, { fhirType: "Bundle" }, "laboratory"),
    record(3, { fhirType: "Bundle" }, "billing"),
    record(4, { mediaType: "application/pdf", fhirType: null }),
    record(5, null),
  ];
  expect(measuring(records).map(({ sequence }) => sequence)).toEqual([2, 1]);
});
