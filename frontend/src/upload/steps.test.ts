import { describe, expect, it } from "vitest";
import { canStop, shownStep, stepStates } from "./steps.ts";

const at = (step: string) => ({ step, done: 0, total: 1, unit: "steps" as const });

describe("the steps of an upload", () => {
  it("are known for everything that the vault reports", () => {
    const told = ["context", "seal", "sign_manifest", "announce", "send", "place", "sign_entry", "anchor"];
    expect(told.map((step) => shownStep(at(step)))).toEqual([
      "seal",
      "seal",
      "sign",
      "send",
      "send",
      "store",
      "place",
      "anchor",
    ]);
  });

  it("begin with sealing, before anything is reported", () => {
    expect(stepStates(null, false)[0]).toEqual({ id: "seal", state: "running" });
  });

  it("tell what is done, what failed and what is to come", () => {
    expect(stepStates(at("send"), true).map(({ state }) => state)).toEqual([
      "done",
      "done",
      "failed",
      "waiting",
      "waiting",
      "waiting",
    ]);
  });

  it("can be stopped until the last one", () => {
    expect(canStop(at("sign_entry"))).toBe(true);
    expect(canStop(at("anchor"))).toBe(false);
  });
});
