import { expect, test } from "vitest";
import type { Address } from "../node/types.ts";
import { doneEntries } from "./doneEntries.ts";

const PATIENT: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const ASKED = {
  patient: PATIENT,
  isOwn: false,
  records: [
    { sequence: 4, leafIndex: 0 },
    { sequence: 4, leafIndex: 1 },
  ],
  titles: ["HbA1c", "Chest"],
  categories: ["laboratory", "imaging"],
  readable: ["imaging"],
};
const hrefs = (over: Partial<Parameters<typeof doneEntries>[0]>) =>
  doneEntries({ ...ASKED, ...over }).map(({ href }) => href);

test("a clinician goes to what they may read, and to nothing else", () => {
  expect(doneEntries(ASKED)).toEqual([
    { key: "4.0", title: "HbA1c", href: null },
    { key: "4.1", title: "Chest", href: `/patients/${PATIENT}/4.1` },
  ]);
});

test("one's own entries are all gone to", () => {
  expect(hrefs({ isOwn: true, readable: [] })).toEqual(["/record/4.0", "/record/4.1"]);
});

test("after a reload nobody knows the categories: the entry says by itself whether it may be read", () => {
  expect(hrefs({ categories: null })).toEqual([`/patients/${PATIENT}/4.0`, `/patients/${PATIENT}/4.1`]);
  expect(hrefs({ categories: null, readable: [] })).toEqual([null, null]);
});

test("what nobody gave a title has its place as a name", () => {
  const [one] = doneEntries({ ...ASKED, records: [{ sequence: 7, leafIndex: null }], titles: [] });
  expect(one).toEqual({ key: "7", title: "7", href: null });
});
