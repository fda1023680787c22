import { expect, test } from "vitest";
import { care as en } from "../i18n/en/care.ts";
import { care as ko } from "../i18n/ko/care.ts";
import { placeNames } from "./placeNames.ts";

const NORTH = `0x${"1".repeat(40)}`;
const PLACES = [
  { number: 1, operator: NORTH, store: "north-a" },
  { number: 2, operator: NORTH, store: null },
];

test.each([
  [en, "North Hospital (north-a)", "North Hospital (place 2)"],
  [ko, "North Hospital (north-a)", "North Hospital (2번 장소)"],
])("a place has one name, however it is spoken of", (words, own, others) => {
  const names = placeNames(words, PLACES, { name: () => "North Hospital", called: () => "North Hospital" });
  expect([names.ofStore("north-a"), names.ofLocation(1)]).toEqual([own, own]);
  expect(names.ofLocation(2)).toBe(others);
  expect(names.ofStore("cache")).toBe("cache");
  const unnamed = placeNames(words, PLACES, { name: () => null, called: () => "0x11…11" });
  expect([unnamed.ofStore("north-a"), unnamed.ofLocation(1)]).toEqual(["north-a", "north-a"]);
  expect(unnamed.ofLocation(2)).toBe(others.replace("North Hospital", "0x11…11"));
  expect([names.ofStore(null), names.ofLocation(7), names.ofLocation(null)]).toEqual(Array(3).fill(words.anotherPlace));
});
