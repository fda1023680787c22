import { describe, expect, test } from "vitest";
import { describeFhir } from "../core/intake/fhirDescribe.ts";
import type { Address, ListedRecord } from "../node/types.ts";
import { entryKey } from "./recordIndex.ts";
import { referredEntry } from "./referredEntry.ts";

const PATIENT: Address = "0x00000000000000000000000000000000000000A1";
const OTHER_PATIENT: Address = "0x00000000000000000000000000000000000000A2";
const LAB: Address = "0x00000000000000000000000000000000000000b1";
const CLINIC: Address = "0x00000000000000000000000000000000000000b2";
const UUID = "5f1c9d1e-6a0f-4d51-9a1e-0c5b7a3d2f10";

type Made = Partial<ListedRecord> & { readonly type?: string; readonly id?: string; readonly fullUrl?: string };

function record(sequence: number, leafIndex: number | null, made: Made = {}): ListedRecord {
  const { type = "Observation", id = "1", fullUrl = null, ...rest } = made;
  return {
    patient: PATIENT,
    sequence,
    leafIndex,
    categoryCode: "laboratory",
    author: LAB,
    location: 1,
    recordedAt: 1,
    final: true,
    private: false,
    manifestDigestHex: null,
    sizeBytes: null,
    descriptor: describeFhir({ resourceType: type, id }, fullUrl),
    refusal: null,
    ...rest,
  };
}

const REPORT = record(5, 0, { type: "DiagnosticReport", id: "r" });
const found = (records: readonly ListedRecord[], reference: string) => {
  const one = referredEntry([REPORT, ...records], REPORT, reference);
  return one === null ? null : entryKey(one);
};

describe("the entry that a reference means", () => {
  test.each([
    ["Observation/1", record(5, 1)],
    ["Observation/1/_history/3", record(5, 1)],
    ["https://lab.example/fhir/Observation/1", record(5, 1)],
    [`urn:uuid:${UUID}`, record(5, 1, { id: UUID })],
    ["urn:oid:1.2.840.1", record(5, 1, { id: "1.2.840.1" })],
    [`urn:uuid:${UUID}`, record(5, 1, { id: "1", fullUrl: `urn:uuid:${UUID}` })],
    ["https://lab.example/results?no=7", record(5, 1, { id: "1", fullUrl: "https://lab.example/results?no=7" })],
  ])("is found: %s", (reference, result) => {
    expect(found([record(5, 2, { id: "2" }), result], reference)).toBe("5.1");
  });

  test("of several is the one that came together with it, else the only one of the same author", () => {
    const [earlier, here, elsewhere] = [record(3, 4), record(5, 1), record(2, 0, { author: CLINIC })];
    expect(found([earlier, here, elsewhere], "Observation/1")).toBe("5.1");
    const of = { id: UUID };
    const [mine, theirs] = [record(3, 4, of), record(2, 0, { ...of, author: CLINIC })];
    expect(found([mine, theirs], `Observation/${UUID}`)).toBe("3.4");
  });

  test("is none of another file by a number that every file may have, whoever wrote it", () => {
    expect(found([record(3, 4)], "Observation/1")).toBeNull();
    expect(found([record(3, 4)], "https://elsewhere.example/fhir/Observation/1")).toBeNull();
    const claims = record(3, 4, { id: "x", author: CLINIC, fullUrl: "Observation/1" });
    expect(found([claims], "Observation/1")).toBeNull();
  });

  test("is none where that leaves several", () => {
    expect(found([record(3, 4), record(2, 0)], "Observation/1")).toBeNull();
    expect(found([record(5, 1), record(5, 2)], "Observation/1")).toBeNull();
    const same = { id: UUID, author: CLINIC };
    expect(found([record(1, null, same), record(2, null, same)], `urn:uuid:${UUID}`)).toBeNull();
  });

  test("is somebody else's only by a name that is one in the world", () => {
    expect(found([record(1, null, { author: CLINIC })], "Observation/1")).toBeNull();
    expect(found([record(1, null, { author: CLINIC, id: UUID })], `Observation/${UUID}`)).toBe("1");
  });

  test.each([
    "",
    "#1",
    "1",
    "Observation",
    "Observation/2",
    "Patient/1",
    "observation/1",
    "urn:uuid:",
    "Observation/1?x",
  ])("%j means none here", (reference) => expect(found([record(5, 1)], reference)).toBeNull());

  test("is never another patient's, itself, or one that may not be seen", () => {
    const references = [
      `urn:uuid:${UUID}`,
      `Observation/${UUID}`,
      "Observation/1",
      "DiagnosticReport/r",
      "https://x.example/y",
    ];
    const hidden = [
      record(5, 1, { patient: OTHER_PATIENT, id: UUID }),
      record(5, 2, { patient: OTHER_PATIENT }),
      record(5, 3, { patient: OTHER_PATIENT, fullUrl: "https://x.example/y" }),
      { ...record(5, 4, { id: UUID }), descriptor: null },
    ];
    for (const reference of references) expect(found(hidden, reference), reference).toBeNull();
  });
});
