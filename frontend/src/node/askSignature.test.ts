import { decodeFunctionData, encodeFunctionData, parseAbi } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { expect, it, vi } from "vitest";
import { cidOfRaw } from "../core/cid.ts";
import { manifestTypedData } from "../core/typedData/record.ts";
import { typedDataDigest } from "../core/typedData/signature.ts";
import { askSignature } from "./askSignature.ts";
import { ACCOUNT, OTHER, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

const MANIFEST = manifestTypedData({
  chainId: 31337,
  records: OTHER,
  patient: OTHER,
  author: ACCOUNT,
  category: 1,
  createdAt: 1,
  payload: { cid: cidOfRaw(new Uint8Array(1)), sizeBytes: 1, sha256Hex: "00".repeat(32) },
  sealedDescriptor: new Uint8Array(1),
  recipients: { descriptor: "age1a", payload: "age1b" },
  envelopes: cidOfRaw(new Uint8Array(2)),
});
const ABI = parseAbi(["function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)"]);
const INVALID = { code: "wallet.wrong_signature" };

/** What a wallet gives that signs with another account's key than the one it shows. */
function signedByStranger(): Promise<`0x${string}`> {
  const { EIP712Domain: _derived, ...types } = MANIFEST.types;
  const stranger = privateKeyToAccount(`0x${"22".repeat(32)}`);
  return stranger.signTypedData({ ...MANIFEST, types } as Parameters<typeof stranger.signTypedData>[0]);
}

it("gives the account's signature in the one form that contracts take, and asks the chain nothing", async () => {
  const { client, provider } = await scriptedClient(scriptedNode());
  const signature = await askSignature(client)(MANIFEST);
  provider.switches.answersWith = `${signature.slice(0, -2)}${signature.endsWith("1b") ? "00" : "01"}`
    .toUpperCase()
    .replace("0X", "0x");
  expect(await askSignature(client)(MANIFEST)).toBe(signature);
  expect(provider.asked.map(({ method }) => method)).not.toContain("eth_call");
});

it.each(["another key's", "over something else", "nothing like one"])("gives no signature that is %s", async (what) => {
  const { client, provider } = await scriptedClient(scriptedNode());
  const signatures = {
    "another key's": await signedByStranger(),
    "over something else": await client.wallet.signTypedData({
      ...MANIFEST,
      message: { ...MANIFEST.message, category: 2 },
    }),
    "nothing like one": "0x1234",
  };
  provider.switches.answersWith = signatures[what as keyof typeof signatures];
  await expect(askSignature(client)(MANIFEST)).rejects.toMatchObject(INVALID);
  provider.switches.reverts = true;
  await expect(askSignature(client)(MANIFEST)).rejects.toMatchObject(INVALID);
});

it.each(["an owner's key's", "longer than a key's"])(
  "takes a contract wallet's word for a signature: %s",
  async (what) => {
    const { client, provider } = await scriptedClient(scriptedNode());
    const owners = await signedByStranger();
    const signature = what === "an owner's key's" ? owners : (`${owners}${owners.slice(2)}` as const);
    provider.switches.answersWith = signature;
    const call = vi.spyOn(client.wallet, "call");
    call.mockResolvedValue(`0x1626ba7e${"00".repeat(28)}`);
    expect(await askSignature(client)(MANIFEST)).toBe(signature);
    const [asked] = call.mock.calls[0] ?? [];
    expect(asked?.to).toBe(ACCOUNT);
    expect(decodeFunctionData({ abi: ABI, data: asked?.data ?? "0x" }).args).toEqual([
      typedDataDigest(MANIFEST),
      signature,
    ]);
    for (const answer of [
      "0x",
      "0x00",
      encodeFunctionData({ abi: ABI, args: [typedDataDigest(MANIFEST), "0x"] }),
    ] as const) {
      call.mockResolvedValue(answer);
      await expect(askSignature(client)(MANIFEST)).rejects.toMatchObject(INVALID);
    }
  },
);

it("says that the chain was not reached where it had to be asked", async () => {
  const { client, provider } = await scriptedClient(scriptedNode());
  provider.switches.answersWith = await signedByStranger();
  vi.spyOn(client.wallet, "call").mockRejectedValue(Object.assign(new Error("gone"), { code: 4900 }));
  await expect(askSignature(client)(MANIFEST)).rejects.toThrow("gone");
});
