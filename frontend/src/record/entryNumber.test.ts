import { expect, it } from "vitest";
import { entryNumber } from "./entryNumber.ts";

it("counts from one, from a number or from the digits of a label", () => {
  expect([entryNumber(0), entryNumber(60), entryNumber("5")]).toEqual([1, 61, 6]);
});
