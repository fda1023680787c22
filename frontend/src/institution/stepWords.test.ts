import { expect, it } from "vitest";
import { readCannot, readStep, recordName } from "./stepWords.ts";

const WHO = `0x${"aB".repeat(20)}`;

it("counts entries and the parts of a batch from one", () => {
  expect(recordName(`${WHO}/12/0`)).toEqual({ patient: WHO, entry: "13", part: "1" });
  expect(recordName(`${WHO}/12`)).toEqual({ patient: WHO, entry: "13", part: null });
  expect(recordName("nothing")).toBeNull();
});

it.each([
  ["over the copy in ward-disk: its copy there is wrong", "ward-disk", "damaged"],
  ["to south-disk: there are too few good copies", "south-disk", "too_few"],
  ["to south-disk: a reason of another version", "south-disk", null],
])("reads a copy %s", (words, to, why) => {
  const step = readStep(`${WHO}/3/1: copy bafkrei from archive ${words}`);
  expect(step).toEqual({ kind: "copy", record: { patient: WHO, entry: "4", part: "2" }, to, why });
});

it("reads a path that moves", () => {
  const line = `${WHO}/3: move the path on chain from location 1 to 3 (south-disk): unreachable`;
  expect(readStep(line)).toMatchObject({ kind: "path", from: "1", to: "3", reason: "unreachable" });
});

it("leaves what it does not know as it came", () => {
  expect(readStep("something else")).toBeNull();
  expect(readCannot("something else")).toBeNull();
  expect(readCannot(`${WHO}/3: payload bafkrei: a reason of another version`)).toBeNull();
});

it("reads all reasons why something can't be mended", () => {
  const line = `${WHO}/3: payload bafkrei: 1 copies and 1 failure domains short with the usable stores; ward gives wrong bytes and takes no others`;
  expect(readCannot(line)).toMatchObject({ role: "payload", why: ["short", "stuck"] });
  expect(
    readCannot(`${WHO}/3: payload b: every store answered and none has a good copy: restore it from a backup`),
  ).toMatchObject({ why: ["lost"] });
});
