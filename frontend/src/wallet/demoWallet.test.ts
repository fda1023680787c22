import {
  parseTransaction,
  recoverMessageAddress,
  recoverTransactionAddress,
  type TransactionSerializedLegacy,
} from "viem";
import { describe, expect, it } from "vitest";
import { ACCOUNT, type Asked, KEY, OTHER, refusal, scriptedNode } from "../node/testing/scriptedNode.ts";
import { findDemoPeople } from "./demoWallet.ts";

const OFFER = {
  chain_id: 31337,
  rpc: "/demo/rpc",
  people: [{ role: "patient", name: "Patient", address: ACCOUNT, private_key_hex: KEY.slice(2) }],
};

function world(rpc: (method: string, params: readonly unknown[]) => unknown = () => "0x1") {
  const node = scriptedNode();
  node.answers.set("GET /demo/wallets", OFFER);
  node.answers.set("POST /demo/rpc", ({ body }: Asked) => {
    const { method, params } = body as { method: string; params: readonly unknown[] };
    const answer = rpc(method, params);
    return answer instanceof Error ? { error: { code: 3, message: answer.message } } : { result: answer };
  });
  return node;
}

describe("the demo world's people", () => {
  it.each(["localhost", "127.0.0.1", "127.8.8.8", "[::1]"])("are offered at %s", async (hostname) => {
    const people = await findDemoPeople(world().http, 31337, { hostname });
    expect(people?.map(({ role, address }) => [role, address])).toEqual([["patient", ACCOUNT]]);
  });

  it.each([
    [31337, "node.example"],
    [31337, "127.0.0.1.example"],
    [1, "localhost"],
  ])("are not even asked for on chain %i at %s", async (chainId, hostname) => {
    const node = world();
    expect(await findDemoPeople(node.http, chainId, { hostname })).toBeNull();
    expect(node.asked).toHaveLength(0);
  });

  it.each<[string, unknown]>([
    ["there is no door", refusal(404, "http.404")],
    ["the door is another chain's", { ...OFFER, chain_id: 1 }],
    ["its chain is elsewhere", { ...OFFER, rpc: "https://elsewhere.example" }],
  ])("are none where %s", async (_, answer) => {
    const node = world();
    node.answers.set("GET /demo/wallets", answer);
    expect(await findDemoPeople(node.http, 31337, { hostname: "localhost" })).toBeNull();
  });
});

describe("a demo wallet", () => {
  const connect = async (node: ReturnType<typeof world>) => {
    const [first] = (await findDemoPeople(node.http, 31337, { hostname: "localhost" })) ?? [];
    const wallet = await first?.connect();
    if (wallet === undefined) {
      throw new Error("no wallet");
    }
    return wallet;
  };

  it("signs as the person, the same each time", async () => {
    const wallet = await connect(world());
    const signature = await wallet.signMessage("hello");
    expect(await recoverMessageAddress({ message: "hello", signature })).toBe(ACCOUNT);
    const data = {
      domain: { name: "n" },
      types: { T: [{ name: "a", type: "uint256" }] },
      primaryType: "T",
      message: { a: 2n ** 200n },
    };
    expect(await wallet.signTypedData(data)).toBe(await wallet.signTypedData(data));
  });

  it("sends a transaction of its own", async () => {
    let raw: TransactionSerializedLegacy | null = null;
    const node = world((method, params) => {
      if (method === "eth_sendRawTransaction") {
        raw = params[0] as TransactionSerializedLegacy;
        return `0x${"cd".repeat(32)}`;
      }
      return {
        eth_chainId: "0x7a69",
        eth_getTransactionCount: "0x5",
        eth_gasPrice: "0x3b9aca00",
        eth_estimateGas: "0x5208",
      }[method];
    });
    const wallet = await connect(node);
    expect(await wallet.sendTransaction({ to: OTHER, data: "0xabcd" })).toBe(`0x${"cd".repeat(32)}`);
    const sent = raw as TransactionSerializedLegacy | null;
    if (sent === null) {
      throw new Error("nothing was sent");
    }
    expect(parseTransaction(sent)).toMatchObject({ chainId: 31337, nonce: 5, data: "0xabcd", gas: 26250n });
    expect(await recoverTransactionAddress({ serializedTransaction: sent })).toBe(ACCOUNT);
  });

  it("says in words what the chain refuses", async () => {
    const wallet = await connect(world((method) => (method === "eth_call" ? new Error("execution reverted") : "0x1")));
    await expect(wallet.call({ to: OTHER, data: "0x" })).rejects.toMatchObject({ code: "refused.contract" });
    const odd = await connect(world(() => ({ not: "hex" })));
    await expect(odd.chainId()).rejects.toMatchObject({ code: "unavailable.chain" });
  });
});
