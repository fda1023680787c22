import { describe, expect, it } from "vitest";
import { en } from "../i18n/en.ts";
import { formatOf } from "../i18n/format.ts";
import { ko } from "../i18n/ko.ts";
import type { Operations } from "../node/readOperations.ts";
import { conditionWords } from "./conditionWords.ts";
import { expiresAt } from "./expiry.ts";
import { ether } from "./OutboxCard.tsx";
import { jobOf } from "./testing/jobOf.ts";
import { troubles, wellbeing } from "./wellbeing.ts";

const store = { name: "ward", kind: "directory", failure_domain: "a", location: 1, up: true, fault_code: null };
const WELL: Operations = {
  version: "1",
  measured_at: 1_000,
  stores: [store],
  placement: { copies: 1, failure_domains: 1 },
  outbox: { by_state: { mined: 3 }, oldest_at: null },
  relay: { by_state: {}, balance_wei: "0", address: null },
  index: { block_number: 5, head_number: 5, lag_blocks: 0, head_age_s: 1 },
  worker: { lease_holder_alive: true, lease_expires_at: 2_000 },
  conditions: [],
};
const say = (operations: Operations) =>
  Object.fromEntries(
    wellbeing(operations, [jobOf({ finished_at: 900 })], en, formatOf("en-GB", "UTC"), 1_000).map((one) => [
      one.id,
      one,
    ]),
  );

describe("wellbeing", () => {
  it("is good all over where all is well", () => {
    expect(Object.values(say(WELL)).map((one) => one.tone)).toEqual(["good", "good", "good", "good", "good"]);
  });

  it("names stores that do not answer", () => {
    const found = say({ ...WELL, stores: [store, { ...store, name: "attic", up: false }] });
    expect(found.stores).toMatchObject({ tone: "bad", title: "No answer from attic." });
  });

  it("is patient with what waits, for a while", () => {
    const outbox = { by_state: { queued: 1, signed: 1 }, oldest_at: 950 };
    expect(say({ ...WELL, outbox }).queue?.tone).toBe("good");
    expect(say({ ...WELL, outbox: { ...outbox, oldest_at: 100 } }).queue?.tone).toBe("caution");
  });

  it("says that the network is away, that the index is behind, that no worker runs", () => {
    expect(say({ ...WELL, index: { ...WELL.index, lag_blocks: null } }).index?.tone).toBe("bad");
    expect(say({ ...WELL, index: { ...WELL.index, lag_blocks: 30 } }).index?.tone).toBe("caution");
    expect(say({ ...WELL, worker: { lease_holder_alive: false, lease_expires_at: null } }).worker?.tone).toBe("bad");
  });

  it("says that nothing was checked, rather than that all is well", () => {
    const [, copies] = wellbeing(WELL, [], en, formatOf("en-GB", "UTC"), 1_000);
    expect(copies).toMatchObject({ id: "copies", tone: "neutral" });
  });
});

it("puts what does not work before what should be looked at", () => {
  const one = (check: string, state: "ok" | "warning" | "error") => ({ check, state, message: "", remedy: "" });
  const conditions = [one("disk home", "warning"), one("chain", "error"), one("index", "ok")];
  expect(troubles({ ...WELL, conditions }).map((found) => found.check)).toEqual(["chain", "disk home"]);
});

it("says conditions in the person's language, with the name of the thing", () => {
  const words = conditionWords(ko, { check: "store ward-disk", state: "warning", message: "m", remedy: "r" });
  expect(words).toMatchObject({ name: "저장소: ward-disk", tone: "caution" });
  expect(words.remedy).not.toBe("");
  expect(conditionWords(en, { check: "new thing", state: "error", message: "m", remedy: "r" }).name).toBe("new thing");
});

it("keeps a balance readable, however long it is", () => {
  expect(ether("1500000000000000000")).toBe(1.5);
  expect(ether("1")).toBeCloseTo(1e-18, 20);
});

it("ends a credential with its last day, and never before today", () => {
  const now = new Date(2026, 7, 31, 12);
  expect(expiresAt({ kind: "halfYear" }, now)).toBe(new Date(2027, 1, 28, 23, 59, 59).getTime() / 1_000);
  expect(expiresAt({ kind: "own", day: new Date(2026, 7, 30) }, now)).toBeNull();
  expect(expiresAt({ kind: "own", day: null }, now)).toBeNull();
});
