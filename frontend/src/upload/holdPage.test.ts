import { afterEach, expect, it, vi } from "vitest";
import { Renewal } from "../app/renewal.ts";
import { UPLOAD_LOCK } from "../vault/upload/keptUpload.ts";
import { holdPage } from "./holdPage.ts";

afterEach(() => vi.unstubAllGlobals());

it("keeps the page from being loaded anew while an upload waits, and the lock of whoever works on it free", async () => {
  const held: string[] = [];
  const request = async (name: string, options: LockOptions, work: () => Promise<void>) => {
    expect(options).toEqual({ mode: "shared" });
    held.push(name);
    await work();
    held.splice(held.indexOf(name), 1);
  };
  vi.stubGlobal("navigator", { locks: { request } });
  const reload = vi.fn();
  const renewal = new Renewal({ heldLocks: async () => [...held], reload, now: () => 0 });
  renewal.tookOver();
  const letGo = holdPage("k");
  await renewal.arrived();
  expect(reload).not.toHaveBeenCalled();
  expect(held.filter((name) => name.startsWith(UPLOAD_LOCK))).toEqual([]);
  letGo();
  await vi.waitFor(() => expect(held).toEqual([]));
  await renewal.arrived();
  expect(reload).toHaveBeenCalledTimes(1);
});

it("does without locks where the browser has none", () => {
  vi.stubGlobal("navigator", {});
  expect(() => holdPage("k")()).not.toThrow();
});
