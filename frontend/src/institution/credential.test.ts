import { describe, expect, it } from "vitest";
import type { Professional } from "../node/listProfessionals.ts";
import { actsOn, endsSoon, type Listed, mayRenew, vouchedFor } from "./credential.ts";

const BOARD = `0x${"1".repeat(40)}`;
const ONE: Listed = {
  address: `0x${"2".repeat(40)}`,
  name: null,
  institution: BOARD,
  institutionName: null,
  state: "in_force",
  expiresAt: 1_000,
};

describe("what is offered is what the Directory lets happen", () => {
  it("both suspend and end what is in force", () => {
    expect(actsOn(ONE, "institution")).toEqual(["suspend", "revokeCredential"]);
    expect(actsOn(ONE, "verifier")).toEqual(["suspend", "revokeCredential"]);
  });

  it("only the verifier lifts a suspension", () => {
    const one: Listed = { ...ONE, state: "suspended" };
    expect(actsOn(one, "institution")).toEqual(["revokeCredential"]);
    expect(actsOn(one, "verifier")).toEqual(["reinstate", "revokeCredential"]);
  });

  it("nothing is left of an ended one but to renew it, for the verifier", () => {
    const one: Listed = { ...ONE, state: "revoked", expiresAt: null };
    expect(actsOn(one, "institution")).toEqual([]);
    expect([mayRenew(one, "verifier"), mayRenew(one, "institution")]).toEqual([true, false]);
  });

  it("nobody renews for who is suspended", () => {
    expect(mayRenew({ ...ONE, state: "suspended" }, "verifier")).toBe(false);
  });
});

describe("vouchedFor", () => {
  const credential = { state: "expired" as const, expires_at: 0, institution: BOARD, verifier: BOARD };
  const standing = { good: true, code: null, message: null };
  const person: Professional = {
    address: ONE.address,
    roles: ["clinician"],
    display_name: "N",
    institution: null,
    standing,
    credential,
  };

  it("leaves out whom others vouch for", () => {
    expect(vouchedFor({ ...person, credential: { ...credential, verifier: ONE.address } }, BOARD)).toBeNull();
  });

  it("tells an ended credential from one that ran out", () => {
    expect(vouchedFor(person, BOARD)).toMatchObject({ state: "revoked", expiresAt: null });
    const ranOut = { ...person, credential: { ...credential, expires_at: 5 } };
    expect(vouchedFor(ranOut, BOARD)).toMatchObject({ state: "expired", expiresAt: 5 });
  });
});

it("tells in time what ends soon", () => {
  expect(endsSoon({ ...ONE, expiresAt: 29 * 86_400 }, 0)).toBe(true);
  expect(endsSoon({ ...ONE, expiresAt: 31 * 86_400 }, 0)).toBe(false);
});
