import { expect, test } from "vitest";
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import { accessHeld, otherPurposes } from "./accessHeld.ts";

const PATIENT = "0x00000000000000000000000000000000000000A1" as const;
const OTHER = "0x00000000000000000000000000000000000000b2" as const;

function grant(
  category: string,
  extra: Partial<ConsentAnswered> & { state?: "in_force" | "expired" } = {},
): ConsentAnswered {
  const { state = "in_force", ...rest } = extra;
  const rights = rest.rights ?? ["READ"];
  const until_at = rest.until_at ?? 2_000;
  return {
    patient: PATIENT,
    grantee: OTHER,
    category_code: category,
    rights,
    from_at: 0,
    until_at,
    purpose: "TREAT",
    sequence: 1,
    passed_on: false,
    delegator: null,
    revoked_by_patient: false,
    effective: { state, rights, from_at: 0, until_at },
    ...rest,
  } as ConsentAnswered;
}

test("what is in force of this patient's counts, ending first", () => {
  const held = accessHeld(
    [
      grant("laboratory", { until_at: 9_000 }),
      grant("imaging", { until_at: 3_000, rights: ["READ", "SHARE"] }),
      grant("billing", { state: "expired" }),
      grant("allergy", { patient: OTHER }),
    ],
    PATIENT,
  );
  expect(held.grants.map((one) => one.category_code)).toEqual(["imaging", "laboratory"]);
  expect([held.canRead, held.canAdd, held.canPassOn]).toEqual([true, false, true]);
});

test("the purpose that most may be read for comes first, and one that is unknown is none", () => {
  const held = accessHeld(
    [
      grant("a", { purpose: "CAREMGT" }),
      grant("b"),
      grant("c"),
      grant("d", { purpose: "OTHER" }),
      grant("e", { purpose: "HRESCH", rights: ["UPLOAD"] }),
    ],
    PATIENT,
  );
  expect(held.purposes).toEqual(["TREAT", "CAREMGT"]);
  expect(held.canAdd).toBe(true);
});

test("of two purposes with as many categories, that of the newest grant comes first", () => {
  const newest = { state: "in_force", rights: ["READ"], from_at: 900, until_at: 2_000 } as const;
  const held = accessHeld([grant("a"), grant("b", { purpose: "CAREMGT", effective: { ...newest } as never })], PATIENT);
  expect(held.purposes).toEqual(["CAREMGT", "TREAT"]);
});

test("each purpose has its own categories, and the others are told for what they are", () => {
  const held = accessHeld(
    [
      grant("medication"),
      grant("allergy"),
      grant("allergy", { purpose: "CAREMGT" }),
      grant("imaging", { purpose: "CAREMGT" }),
      grant("billing", { rights: ["UPLOAD"] }),
    ],
    PATIENT,
  );
  expect([...held.readable]).toEqual([
    ["TREAT", ["medication", "allergy"]],
    ["CAREMGT", ["allergy", "imaging"]],
  ]);
  expect(otherPurposes(held, "TREAT", "imaging")).toEqual(["CAREMGT"]);
  expect(otherPurposes(held, "TREAT", "allergy")).toEqual([]);
  expect(otherPurposes(held, "TREAT", "billing")).toEqual([]);
  expect(otherPurposes(held, "CAREMGT", "medication")).toEqual(["TREAT"]);
});

test("nothing in force is no access", () => {
  expect(accessHeld([grant("a", { state: "expired" })], PATIENT)).toMatchObject({
    grants: [],
    canRead: false,
    purposes: [],
  });
});
