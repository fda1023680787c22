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

  it("is home at home only", () => {
    expect(isCurrentPage("/", "/record", navigation.patient)).toBe(false);
    expect(isCurrentPage("/record", "/recording", navigation.patient)).toBe(false);
  });
});
