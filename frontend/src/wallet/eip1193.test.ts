import { recoverMessageAddress, recoverTypedDataAddress } from "viem";
import { describe, expect, it } from "vitest";
import { connectWallet, reconnectWallet } from "./eip1193.ts";
import { requireChain } from "./requireChain.ts";
import { type MockProvider, mockProvider, type Switches } from "./testing/mockProvider.ts";
import type { TypedData } from "./types.ts";

const KEY = `0x${"11".repeat(32)}` as const;
const OTHER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const INFO = { id: "test.wallet", name: "Test" };
const DATA: TypedData = {
  domain: { name: "Mendrec Consent", version: "1", chainId: 31337 },
  types: { Grant: [{ name: "nonce", type: "uint256" }] },
  primaryType: "Grant",
  message: { nonce: 7 },
};

async function connected(change: (switches: Switches, provider: MockProvider) => void = () => undefined) {
  const provider = mockProvider(KEY);
  const wallet = await connectWallet(provider, INFO);
  change(provider.switches, provider);
  return { provider, wallet };
}

describe("a wallet", () => {
  it("signs a message that recovers to its account", async () => {
    const { wallet } = await connected();
    const signature = await wallet.signMessage("가나다 sign in");
    expect(await recoverMessageAddress({ message: "가나다 sign in", signature })).toBe(wallet.account);
  });

  it("signs typed data with its domain's type written out", async () => {
    const { wallet, provider } = await connected();
    const signature = await wallet.signTypedData(DATA);
    const sent = JSON.parse(provider.asked.at(-1)?.params[1] as string);
    expect(sent.types.EIP712Domain).toEqual([
      { name: "name", type: "string" },
      { name: "version", type: "string" },
      { name: "chainId", type: "uint256" },
    ]);
    expect(await recoverTypedDataAddress({ ...sent, signature })).toBe(wallet.account);
  });

  it.each<[string, string, (switches: Switches, provider: MockProvider) => void]>([
    ["says no", "wallet.refused", (one) => Object.assign(one, { refuses: true })],
    ["says no, wrapped", "wallet.refused", (one) => Object.assign(one, { refuses: true, wraps: true })],
    ["is locked", "wallet.locked", (one) => Object.assign(one, { isLocked: true })],
    ["is busy", "wallet.busy", (one) => Object.assign(one, { isBusy: true })],
    ["is gone", "wallet.gone", (one) => Object.assign(one, { isGone: true })],
    ["knows no typed data", "wallet.unsupported", (one) => Object.assign(one, { lacksTypedData: true })],
    ["shows another account", "wallet.wrong_account", (_, provider) => provider.showAccount(OTHER)],
    ["answers with no hex", "wallet.unsupported", (one) => Object.assign(one, { answersWith: "signed!" })],
    ["answers with nothing", "wallet.unsupported", (one) => Object.assign(one, { answersWith: null })],
    ["answers with half a byte", "wallet.unsupported", (one) => Object.assign(one, { answersWith: "0x123" })],
  ])("that %s throws %s", async (_, code, change) => {
    const { wallet } = await connected(change);
    await expect(wallet.signTypedData(DATA)).rejects.toMatchObject({ name: "MendrecError", code });
  });

  it("never asks for a signature of another account", async () => {
    const { wallet, provider } = await connected((_, one) => one.showAccount(OTHER));
    await expect(wallet.signMessage("x")).rejects.toMatchObject({ code: "wallet.wrong_account" });
    expect(provider.asked.map(({ method }) => method)).not.toContain("personal_sign");
  });

  it.each([
    ["refuses", "wallet.refused"],
    ["isLocked", "wallet.locked"],
    ["isBusy", "wallet.busy"],
    ["isGone", "wallet.gone"],
  ] as const)("that %s does not connect", async (name, code) => {
    const provider = mockProvider(KEY);
    provider.switches[name] = true;
    await expect(connectWallet(provider, INFO)).rejects.toMatchObject({ code });
  });

  it("signs in lower case, as the node takes it", async () => {
    const { wallet } = await connected((one) => Object.assign(one, { answersWith: `0x${"AB".repeat(65)}` }));
    expect(await wallet.signMessage("x")).toBe(`0x${"ab".repeat(65)}`);
  });

  it("is taken up again without asking, for the account that it shows", async () => {
    const provider = mockProvider(KEY);
    expect((await reconnectWallet(provider, INFO, provider.account))?.account).toBe(provider.account);
    expect(await reconnectWallet(provider, INFO, OTHER)).toBeNull();
    provider.switches.isLocked = true;
    expect(await reconnectWallet(provider, INFO, provider.account)).toBeNull();
    expect(provider.asked.map(({ method }) => method)).not.toContain("eth_requestAccounts");
  });

  it("on another chain is said so, and can be asked to change", async () => {
    const { wallet, provider } = await connected((_, one) => Object.assign(one, { chain: 1 }));
    await expect(requireChain(wallet, 31337)).rejects.toMatchObject({
      code: "wallet.wrong_chain",
      details: { expected: 31337, found: 1 },
    });
    await wallet.switchChain(31337);
    await requireChain(wallet, 31337);
    provider.switches.lacksChain = true;
    await expect(wallet.switchChain(5)).rejects.toMatchObject({ code: "wallet.wrong_chain", details: { expected: 5 } });
    provider.switches.hasLostChain = true;
    await expect(wallet.chainId()).rejects.toMatchObject({ code: "wallet.wrong_chain" });
  });

  it("tells of changes until nobody listens", async () => {
    const { wallet, provider } = await connected();
    const told: string[] = [];
    const stop = wallet.watch((what) => told.push(what));
    provider.emit("accountsChanged", [wallet.account.toLowerCase()]);
    provider.showAccount(OTHER);
    provider.emit("accountsChanged", []);
    provider.emit("chainChanged", "0x1");
    provider.emit("disconnect");
    expect(told).toEqual(["account", "disconnected", "chain", "disconnected"]);
    stop();
    expect(provider.listeners()).toBe(0);
  });

  it("whose transaction would revert says that the contract refuses", async () => {
    const { wallet } = await connected((one) => Object.assign(one, { reverts: true }));
    await expect(wallet.sendTransaction({ to: OTHER, data: "0x" })).rejects.toMatchObject({ code: "refused.contract" });
    await expect(wallet.call({ to: OTHER, data: "0x" })).rejects.toMatchObject({ code: "refused.contract" });
  });
});
