import { describe, expect, test } from "vitest";
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import { byPerson, bySpan, gatherShares, isOpen, replacedBy } from "./shares.ts";

const [PATIENT, GP, WARD] = [
  "0x00000000000000000000000000000000000000A1",
  "0x00000000000000000000000000000000000000b2",
  "0x00000000000000000000000000000000000000C3",
];

function consent(grantee: string, category_code: string, extra: Partial<ConsentAnswered> = {}): ConsentAnswered {
  const { effective, ...rest } = extra;
  const told = { rights: ["READ" as const], from_at: 100, until_at: 900 };
  return {
    patient: PATIENT ?? "",
    grantee,
    category_code,
    ...told,
    purpose: "TREAT",
    sequence: 1,
    passed_on: false,
    delegator: null,
    revoked_by_patient: false,
    effective: effective ?? { state: "in_force", ...told },
    ...rest,
  };
}

describe("shares", () => {
  test("categories under the same terms go together; others stay apart", () => {
    const later = { effective: { state: "in_force" as const, rights: ["READ" as const], from_at: 100, until_at: 950 } };
    const shares = gatherShares([
      consent(GP ?? "", "imaging"),
      consent(GP ?? "", "laboratory"),
      consent(GP ?? "", "allergy", later),
    ]);
    expect(shares.map(({ categories }) => categories)).toEqual([["imaging", "laboratory"], ["allergy"]]);
  });

  test("who loses something first comes first, and a passed-on share stands under who passed it on", () => {
    const soon = { effective: { state: "in_force" as const, rights: ["READ" as const], from_at: 0, until_at: 300 } };
    const shares = gatherShares([
      consent(GP ?? "", "imaging"),
      consent(WARD ?? "", "imaging", { ...soon, passed_on: true, delegator: GP ?? "" }),
    ]);
    const people = byPerson(shares);
    expect(people.map(({ grantee, under }) => [grantee, under])).toEqual([
      [WARD, GP],
      [GP, null],
    ]);
  });

  test("one person's shares with different ends or rights stay apart; other purposes and beginnings go together", () => {
    const told = (until_at: number, from_at = 100, rights: ("READ" | "UPLOAD")[] = ["READ"]) => ({
      effective: { state: "in_force" as const, rights, from_at, until_at },
    });
    const [person] = byPerson(
      gatherShares([
        consent(GP ?? "", "imaging", told(950)),
        consent(GP ?? "", "medication", told(900)),
        consent(GP ?? "", "allergy", { ...told(900, 50), purpose: "COORDINATION" }),
        consent(GP ?? "", "billing", told(900, 100, ["UPLOAD"])),
      ]),
    );
    expect(bySpan(person?.shares ?? []).map((span) => [span.rights, span.categories, span.untilAt])).toEqual([
      [["READ"], ["medication", "allergy"], 900],
      [["UPLOAD"], ["billing"], 900],
      [["READ"], ["imaging"], 950],
    ]);
  });

  test("what has not begun is not told with what has", () => {
    const later = { state: "not_yet" as const, rights: ["READ" as const], from_at: 500, until_at: 900 };
    const shares = gatherShares([consent(GP ?? "", "imaging"), consent(GP ?? "", "allergy", { effective: later })]);
    expect(bySpan(shares).map(({ state, fromAt }) => [state, fromAt])).toEqual([
      ["in_force", 100],
      ["not_yet", 500],
    ]);
  });

  test("what is passed on is told as far as what stands above it still allows", () => {
    const cut = { state: "in_force" as const, rights: ["READ" as const], from_at: 0, until_at: 500 };
    const [share] = gatherShares([
      consent(GP ?? "", "imaging", {
        rights: ["READ", "SHARE"],
        until_at: 900,
        passed_on: true,
        delegator: WARD ?? "",
        effective: cut,
      }),
    ]);
    expect([share?.rights, share?.untilAt]).toEqual([["READ"], 500]);
  });

  test("expired and revoked ones are over, and say what they said", () => {
    const none = { rights: [], from_at: 0, until_at: 0 };
    const shares = gatherShares([
      consent(GP ?? "", "imaging", { effective: { state: "expired", ...none } }),
      consent(WARD ?? "", "imaging", { rights: [], purpose: "", effective: { state: "nothing", ...none } }),
    ]);
    expect(shares.map(({ state, rights }) => [state, rights])).toEqual([
      ["ended", ["READ"]],
      ["taken_back", []],
    ]);
    expect(shares.some(isOpen)).toBe(false);
  });

  test("a new grant takes the place of what the same person holds in the same categories", () => {
    const shares = gatherShares([consent(GP ?? "", "imaging"), consent(WARD ?? "", "imaging")]);
    expect(replacedBy(shares, GP ?? "", ["imaging", "allergy"])).toHaveLength(1);
    expect(replacedBy(shares, GP ?? "", ["allergy"])).toHaveLength(0);
  });
});
