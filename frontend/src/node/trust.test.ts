import { describe, expect, it } from "vitest";
import { keptInMemory, NODE, OTHER } from "./testing/scriptedNode.ts";
import { custodyId, forgetNode, meetNode } from "./trust.ts";

const CHANGED = {
  ...NODE,
  custodians: [{ address: OTHER, url: "https://elsewhere.example", recipient: "age1other", this_node: false }],
};

describe("a node that is met again", () => {
  it("is the same one", () => {
    const kept = keptInMemory();
    meetNode(NODE, { kept });
    const trust = meetNode(NODE, { kept });
    expect(trust.chainId).toBe(31337);
    expect(trust.forSealing()).toEqual(trust.forReading());
  });

  it.each([
    ["another chain", { ...NODE, chain_id: 1 }],
    ["another contract", { ...NODE, contracts: { ...NODE.contracts, Consent: OTHER } }],
    ["no contract", { ...NODE, contracts: {} }],
  ])("and names %s is not believed", (_, answered) => {
    const kept = keptInMemory();
    const trust = meetNode(NODE, { kept });
    expect(() => meetNode(answered, { kept })).toThrow(expect.objectContaining({ code: "verification.node" }));
    expect(() => trust.requireSame(answered)).toThrow(expect.objectContaining({ code: "verification.node" }));
  });

  it.each([
    ["key", CHANGED],
    ["threshold", { ...NODE, threshold: 2 }],
    ["set", { ...NODE, custodians: [] }],
  ])("and names another %s of its custodians is read from, and not sealed to without a yes", (_, answered) => {
    const kept = keptInMemory();
    meetNode(NODE, { kept });
    const trust = meetNode(answered, { kept });
    expect(trust.forReading().threshold).toBe(answered.threshold);
    const id = trust.changedCustody()?.id ?? "";
    expect(() => trust.forSealing()).toThrow(
      expect.objectContaining({ code: "verification.custodians_changed", details: { custody_id: id } }),
    );
    expect(() => trust.acceptCustody("0".repeat(32))).toThrow(expect.objectContaining({ code: "input.invalid" }));
    trust.acceptCustody(id);
    expect(trust.forSealing().threshold).toBe(answered.threshold);
    expect(meetNode(answered, { kept }).changedCustody()).toBeNull();
    expect(meetNode(NODE, { kept }).changedCustody()).not.toBeNull();
  });

  it("under another URL needs no yes", () => {
    const kept = keptInMemory();
    meetNode(NODE, { kept });
    const moved = NODE.custodians.map((one) => ({ ...one, url: "https://moved.example" }));
    expect(meetNode({ ...NODE, custodians: moved }, { kept }).changedCustody()).toBeNull();
  });
});

it("what is kept and can't be read stops, until it is forgotten", () => {
  const kept = keptInMemory();
  meetNode(NODE, { kept });
  for (const key of kept.texts.keys()) {
    kept.texts.set(key, '{"chain_id": "1"}');
  }
  expect(() => meetNode(NODE, { kept })).toThrow(expect.objectContaining({ code: "configuration.known_node" }));
  forgetNode({ kept });
  expect(meetNode(NODE, { kept }).changedCustody()).toBeNull();
});

it("names custody as the Python client does", () => {
  // KnownCustody({"0xBb": None, "0xAa": "age1x"}, 2).id_hex of mendrec.client.trust
  const custody = { recipients: { "0xBb": null, "0xAa": "age1x" }, threshold: 2 };
  expect(custodyId(custody)).toBe("5e77ca5e0bbea07149776f86a5c69c94");
});
