import { describe, expect, it, vi } from "vitest";
import { mayHappen } from "../core/mayHappen.ts";
import { grant } from "./grant.ts";
import { narrow } from "./narrow.ts";
import { passOn } from "./passOn.ts";
import { renew } from "./renew.ts";
import { renounce } from "./renounce.ts";
import { revoke } from "./revoke.ts";
import { takeBack } from "./takeBack.ts";
import { OTHER, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";
import type { Address, Client } from "./types.ts";

// What is paused for here is asked for at once.
vi.mock("../core/waiting.ts", async (original) => ({ ...(await original<object>()), pause: async () => undefined }));

const THIRD: Address = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC";
const categories = ["laboratory", "imaging"];
const TERMS = { rights: ["READ", "SHARE"], fromAt: 1_800_000_000, untilAt: 1_900_000_000, purpose: "TREAT" } as const;
const untilAt = 1_850_000_000;

const acts: readonly [string, (client: Client) => Promise<unknown>][] = [
  ["grant", (client) => grant(client, { grantee: OTHER, categories, ...TERMS })],
  ["renew", (client) => renew(client, { grantee: OTHER, categories, untilAt: 1_950_000_000 })],
  ["narrow", (client) => narrow(client, { grantee: OTHER, categories, rights: ["READ"], untilAt })],
  ["revoke", (client) => revoke(client, { grantee: OTHER, categories })],
  ["pass_on", (client) => passOn(client, { patient: OTHER, grantee: THIRD, categories, ...TERMS })],
  ["take_back", (client) => takeBack(client, { patient: OTHER, grantee: THIRD, categories })],
  ["renounce", (client) => renounce(client, { patient: OTHER, categories })],
];

/** A person who has granted, and holds a grant, of everything. */
async function granted() {
  const node = scriptedNode();
  const made = await scriptedClient(node);
  const terms = { rights: 5, from: 1_800_000_000, until: 1_900_000_000, purpose: 1 };
  node.chain.apply("grantBySig", [made.client.account, OTHER, [1, 2], terms]);
  node.chain.apply("grantBySig", [OTHER, made.client.account, [1, 2], terms]);
  node.chain.apply("passOnBySig", [made.client.account, OTHER, THIRD, [1, 2], { ...terms, rights: 4 }]);
  return { node, ...made };
}

describe("what the node says is done", () => {
  it.each(acts)("counts once the chain shows it: %s", async (_kind, act) => {
    const { client } = await granted();
    await expect(act(client)).resolves.toMatchObject({ state: "mined" });
  });

  it.each(acts.slice(1))("does not where the chain shows nothing of it: %s", async (_kind, act) => {
    const { node, client } = await granted();
    vi.spyOn(node.chain, "apply").mockReturnValue(undefined);
    const error = await act(client).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "unavailable.ledger.behind" });
    expect(mayHappen(error)).toBe(true);
  });

  it("counts for what was passed on where the patient has given it anew since", async () => {
    const { node, client } = await granted();
    const apply = node.chain.apply.bind(node.chain);
    node.chain.apply = (name, args) => {
      const [, patient, grantee] = args;
      const terms = { rights: 1, from: 1, until: 2, purpose: 1, passedOn: false };
      apply(name, args);
      apply("grantBySig", [patient, grantee, [2], terms]);
    };
    const asked = { patient: OTHER, grantee: THIRD, categories };
    await expect(takeBack(client, asked)).resolves.toMatchObject({ state: "mined" });
  });

  it("does not where only a part of it is shown, or other terms", async () => {
    for (const [numbers, change] of [
      [[1], {}],
      [[1, 2], { until: 2_000_000_000 }],
      [[1, 2], { purpose: 7 }],
      [[1, 2], { rights: 1 }],
    ] as const) {
      const node = scriptedNode();
      const { client } = await scriptedClient(node);
      const apply = node.chain.apply.bind(node.chain);
      node.chain.apply = (name, [patient, grantee, , terms]) =>
        apply(name, [patient, grantee, numbers, { ...(terms as object), ...change }]);
      const asked = { grantee: OTHER, categories, ...TERMS };
      await expect(grant(client, asked)).rejects.toMatchObject({ code: "unavailable.ledger.behind" });
    }
  });

  it("does not for a category that the node numbers otherwise than the chain", async () => {
    const { node, client } = await granted();
    const swapped = [
      { number: 2, code: "laboratory" },
      { number: 3, code: "imaging" },
    ];
    node.answers.set("GET /v1/categories", { items: swapped });
    node.tamper = (prepared) => ({
      ...prepared,
      args: (prepared.args as readonly unknown[]).map((arg, at) => (at === 2 ? [3] : arg)),
    });
    const ended = revoke(client, { grantee: OTHER, categories: ["imaging"] });
    await expect(ended).rejects.toMatchObject({ code: "unavailable.ledger.behind" });
  });

  it("is looked for again where the wallet's node hears of it later", async () => {
    const { node, client } = await granted();
    const apply = node.chain.apply.bind(node.chain);
    let later: () => void = () => undefined;
    node.chain.apply = (...told) => {
      later = () => apply(...told);
    };
    const answer = client.wallet.call;
    const asked = vi.spyOn(client.wallet, "call").mockImplementation(async (parameters) => {
      if (asked.mock.calls.length > 4) later();
      return await answer(parameters);
    });
    await revoke(client, { grantee: OTHER, categories });
    expect(asked.mock.calls.length).toBeGreaterThan(4);
  });

  it.each([
    ["is gone", { isGone: true }],
    ["is on another network by now", {}],
  ])("is not known to be where the wallet %s", async (_what, change) => {
    const { node, client, provider } = await granted();
    const apply = node.chain.apply.bind(node.chain);
    node.chain.apply = (...told) => {
      apply(...told);
      Object.assign(provider.switches, change);
      provider.chain = 1;
    };
    const error = await revoke(client, { grantee: OTHER, categories }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "unavailable.ledger" });
    expect(mayHappen(error)).toBe(true);
  });
});
