import { describe, expect, it } from "vitest";
import { isCurrentPage, navigation } from "./navigation.ts";

describe("the item of the menu that is current", () => {
  const items = navigation.institution;

  it("is the page's own, or the one above it", () => {
    expect(isCurrentPage("/record", "/record/12-3", navigation.patient)).toBe(true);
    expect(isCurrentPage("/institution", "/institution", items)).toBe(true);
  });

  it("is not the one above where the page has an item of its own", () => {
    expect(isCurrentPage("/institution", "/institution/staff", items)).toBe(false);
    expect(isCurrentPage("/institution/staff", "/institution/staff", items)).toBe(true);
  });

  it.each(["clinician", "institution", "verifier"] as const)("is the first at home, for a %s", (role) => {
    const own = navigation[role];
    expect(own.filter(({ href }) => isCurrentPage(href, "/", own))).toEqual(own.slice(0, 1));
  });

  it("is home at home only", () => {
    expect(navigation.patient.filter(({ href }) => isCurrentPage(href, "/", navigation.patient))).toHaveLength(1);
    expect(isCurrentPage("/", "/record", navigation.patient)).toBe(false);
    expect(isCurrentPage("/record", "/recording", navigation.patient)).toBe(false);
  });
});
