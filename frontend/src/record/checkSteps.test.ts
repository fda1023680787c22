import { expect, test } from "vitest";
import { MendrecError } from "../core/errors.ts";
import { isKeyAlone, isWhole, stepState, whySkipped, withStep } from "./checkSteps.ts";

test("a step is shown once, as it was told of last, in the order in which they were announced", () => {
  let steps = withStep([], { id: "a", state: "waiting" });
  steps = withStep(steps, { id: "b", state: "waiting" });
  steps = withStep(steps, { id: "a", state: "holds", found: "1", expected: "1" });
  expect(steps.map((one) => [one.id, stepState(one)])).toEqual([
    ["a", "done"],
    ["b", "waiting"],
  ]);
});

test("a step that was left out says why in the right words", () => {
  const keys = { id: "keys_match", state: "skipped" } as const;
  const signed = { id: "author_signature", state: "skipped" } as const;
  const failed = { id: "manifest_digest", state: "fails" } as const;
  expect(whySkipped(keys, [keys], false)).toBe("opening");
  expect(whySkipped(keys, [failed, keys], true)).toBe("depends");
  expect(whySkipped(signed, [failed, signed], false)).toBe("depends");
  expect(whySkipped(signed, [signed], true)).toBe("asked");
});

test("a check is whole only where every step holds; the keys are compared by others than the patient with opening", () => {
  const holds = { id: "entry_on_chain", state: "holds" } as const;
  const keys = { id: "keys_match", state: "skipped" } as const;
  expect(isWhole([holds, { ...keys, state: "holds" }], true)).toBe(true);
  expect(isWhole([holds, keys], true)).toBe(false);
  expect(isWhole([holds, keys], false)).toBe(true);
  for (const state of ["skipped", "waiting", "running", "fails"] as const) {
    expect(isWhole([holds, { id: "payload_cid", state }], false)).toBe(false);
  }
  expect(isWhole([], true)).toBe(false);
  expect(isWhole([keys], false)).toBe(false);
});

test("a key that does not open what holds otherwise is told from an entry that does not hold", () => {
  const own = new MendrecError("verification.cannot_open.own", "Your key does not open this entry.");
  const holds = { id: "payload_cid", state: "holds" } as const;
  const keys = { id: "keys_match", state: "fails" } as const;
  expect(isKeyAlone([holds, keys], own)).toBe(true);
  expect(isKeyAlone([{ ...holds, state: "fails" }, keys], own)).toBe(false);
  expect(isKeyAlone([{ ...holds, state: "skipped" }, keys], own)).toBe(false);
  expect(isKeyAlone([holds, keys], new MendrecError("verification.cannot_open", "Altered."))).toBe(false);
});
