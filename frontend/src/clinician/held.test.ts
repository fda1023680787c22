import { describe, expect, it, test } from "vitest";
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import { boundsOf, gatherHeld, isEndingSoon, searchPatients } from "./held.ts";
import { gatherPassedOn } from "./passedOn.ts";

type Given = Partial<Omit<ConsentAnswered, "effective">> & { state?: ConsentAnswered["effective"]["state"] };

function consent({ state = "in_force", ...given }: Given): ConsentAnswered {
  const block = {
    patient: "0xA",
    grantee: "0xMe",
    category_code: "laboratory",
    rights: ["READ"] as ConsentAnswered["rights"],
    from_at: 10,
    until_at: 100,
    purpose: "TREAT",
    sequence: 1,
    passed_on: false,
    delegator: null,
    revoked_by_patient: false,
    ...given,
  };
  const { rights, from_at, until_at } = block;
  const effective = state === "nothing" ? { rights: [], from_at: 0, until_at: 0 } : { rights, from_at, until_at };
  return { ...block, effective: { state, ...effective } };
}

test("what one passed on is told by patient and person, while anything comes of it", () => {
  const passed = { passed_on: true, delegator: "0xMe" };
  const found = gatherPassedOn(
    [
      consent({ ...passed, grantee: "0xOne", until_at: 90 }),
      consent({ ...passed, grantee: "0xOne", category_code: "imaging", until_at: 90 }),
      consent({ ...passed, grantee: "0xOne", category_code: "billing", state: "expired", until_at: 20 }),
      consent({ ...passed, grantee: "0xTwo", state: "not_yet" }),
      consent({ ...passed, grantee: "0xThree", state: "nothing", until_at: 20 }),
      consent({ ...passed, grantee: "0xFour", state: "nothing", until_at: 60 }),
      consent({ ...passed, patient: "0xB", grantee: "0xOne" }),
    ],
    50,
  );
  expect(found.map(({ patient, grantee, open }) => [patient, grantee, open.map((one) => one.categories)])).toEqual([
    ["0xA", "0xOne", [["laboratory", "imaging"]]],
    ["0xA", "0xTwo", [["laboratory"]]],
    ["0xA", "0xFour", [["laboratory"]]],
    ["0xB", "0xOne", [["laboratory"]]],
  ]);
});

describe("gatherHeld", () => {
  it("puts together what goes together, and who ends first before the others", () => {
    const found = gatherHeld([
      consent({ patient: "0xB", until_at: 900 }),
      consent({}),
      consent({ category_code: "imaging" }),
      consent({ category_code: "billing", until_at: 300, rights: ["READ", "UPLOAD"] }),
      consent({ patient: "0xC", state: "expired" }),
    ]);
    expect(found.map(({ patient }) => patient)).toEqual(["0xA", "0xB", "0xC"]);
    expect(found[0]?.open.map(({ categories }) => categories)).toEqual([["laboratory", "imaging"], ["billing"]]);
    expect(found[0]).toMatchObject({ endsAt: 100, canRead: true, canAdd: true, canPassOn: false });
    expect(found[2]).toMatchObject({ open: [], endsAt: null, canRead: false });
  });

  it("tells of what was taken back as it was given", () => {
    const [one] = gatherHeld([consent({ state: "nothing", rights: ["UPLOAD"] })]);
    expect(one?.ended[0]).toMatchObject({ rights: ["UPLOAD"], untilAt: 100, state: "ended" });
  });

  it("shows what has not begun, without letting one act on it", () => {
    const [one] = gatherHeld([consent({ state: "not_yet", rights: ["READ", "SHARE"] })]);
    expect(one).toMatchObject({ canRead: false, canPassOn: false, endsAt: null });
    expect(one?.open).toHaveLength(1);
  });
});

test.each([
  [7, "in_force", false],
  [4, "in_force", false],
  [3, "in_force", true],
  [0.5, "in_force", true],
  [1, "not_yet", false],
] as const)("what ends in %d days and is %s ends soon: %s", (days, state, soon) => {
  expect(isEndingSoon({ state, untilAt: 1_000 + days * 86_400 }, 1_000)).toBe(soon);
});

describe("boundsOf", () => {
  const open =
    gatherHeld([
      consent({ rights: ["READ", "UPLOAD", "SHARE"], until_at: 500 }),
      consent({ category_code: "imaging", rights: ["READ", "SHARE"], until_at: 200 }),
      consent({ category_code: "billing", rights: ["READ", "SHARE"], purpose: "HPAYMT" }),
      consent({ category_code: "allergy" }),
    ])[0]?.open ?? [];

  it("is no more than one has of each, and no longer than the shortest", () => {
    expect(boundsOf(open, ["laboratory", "imaging"])).toMatchObject({ rights: ["READ", "SHARE"], latest: 200 });
    expect(boundsOf(open, ["laboratory"])).toMatchObject({ rights: ["READ", "UPLOAD", "SHARE"], latest: 500 });
  });

  it("is nothing for different purposes, for nothing, and for what may not be passed on", () => {
    expect(boundsOf(open, ["laboratory", "billing"])).toBeNull();
    expect(boundsOf(open, [])).toBeNull();
    expect(boundsOf(open, ["allergy"])).toBeNull();
  });
});

describe("searchPatients", () => {
  it("finds by name and by address, in any case", () => {
    const patients = gatherHeld([consent({}), consent({ patient: "0xB" })]);
    const nameOf = ({ patient }: { patient: string }) => (patient === "0xA" ? "Mina" : "");
    expect(searchPatients(patients, "mIn", nameOf).map(({ patient }) => patient)).toEqual(["0xA"]);
    expect(searchPatients(patients, "0xb", nameOf).map(({ patient }) => patient)).toEqual(["0xB"]);
    expect(searchPatients(patients, " ", nameOf)).toHaveLength(2);
  });
});
