import { beforeEach, expect, it, vi } from "vitest";
import type { Address } from "../node/types.ts";

const doctor: Address = "0x00000000000000000000000000000000000000aA";
const patient: Address = "0x00000000000000000000000000000000000000bB";
const kept = new Map<string, string>();

/** The page, loaded anew. */
async function page() {
  vi.resetModules();
  return await import("./lastLook.ts");
}

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  });
  return () => vi.unstubAllGlobals();
});

it("tells the look before this visit, for each person and record", async () => {
  const first = await page();
  expect(first.lastLook(doctor, patient, 10.5)).toBeNull();
  expect(first.lastLook(doctor, patient, 20)).toBeNull();
  expect(first.lastLook(patient, patient, 12)).toBeNull();
  const second = await page();
  expect(second.lastLook(doctor, patient, 30)).toBe(10);
  expect(second.lastLook(patient, patient, 30)).toBe(12);
});

it("leaves nothing in the browser once it is forgotten", async () => {
  const first = await page();
  first.lastLook(doctor, patient, 10);
  expect(JSON.stringify([...kept])).toContain(patient);
  first.forgetLooks();
  expect(kept.size).toBe(0);
  expect(first.lastLook(doctor, patient, 20)).toBeNull();
});

it.each(["{", '{"a":1}', '[["a"],[1,2],["x","y"]]'])("reads %s as no look", async (text) => {
  kept.set("mendrec.looks", text);
  expect((await page()).lastLook(doctor, patient, 10)).toBeNull();
});
