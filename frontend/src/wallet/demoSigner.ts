/** A wallet of the demo world: a key that everybody knows, and the development chain behind the node's door. */

import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import * as z from "zod/mini";
import { MendrecError } from "../core/errors.ts";
import type { Http } from "../node/http.ts";
import { contractRefused } from "./errors.ts";
import type { TypedData, Wallet } from "./types.ts";
import { wireTypedData } from "./wireTypedData.ts";

const RPC = "/demo/rpc";
/** Above what is estimated: the state may change until the block is made. */
const GAS_MARGIN_PERCENT = 125n;

const Answer = z.object({
  result: z.optional(z.nullable(z.unknown())),
  error: z.optional(z.object({ code: z.number(), message: z.string(), data: z.optional(z.unknown()) })),
});
const HEX = /^0x[0-9a-f]*$/i;

export function demoWallet(http: Http, { name, privateKey }: { name: string; privateKey: Hex }): Wallet {
  const account = privateKeyToAccount(privateKey);
  let asked = 0;

  const ask = async (method: string, params: readonly unknown[] = []): Promise<Hex> => {
    asked += 1;
    const answer = await http.post(RPC, Answer, { jsonrpc: "2.0", id: asked, method, params });
    if (answer.error !== undefined) {
      const { code, message, data } = answer.error;
      if (code === 3 || /revert/i.test(message)) {
        throw contractRefused({ data: typeof data === "string" && HEX.test(data) ? data : null });
      }
      throw new MendrecError("unavailable.chain", "The development chain did not do this.", {
        remedy: "Nothing was changed. Look at the state again, then repeat.",
      });
    }
    if (typeof answer.result !== "string" || !HEX.test(answer.result)) {
      throw new MendrecError("unavailable.chain", "The development chain's answer can't be read.");
    }
    return answer.result as Hex;
  };

  return {
    id: "demo",
    name,
    account: account.address,
    signMessage: (text) => account.signMessage({ message: text }),
    signTypedData: async (typedData) => await account.signTypedData(forViem(typedData)),
    call: ({ to, data }) => ask("eth_call", [{ to, data }, "latest"]),
    sendTransaction: async ({ to, data }) => {
      const sent = { from: account.address, to, data };
      const [nonce, gasPrice, gas, chainId] = await Promise.all([
        ask("eth_getTransactionCount", [account.address, "pending"]),
        ask("eth_gasPrice"),
        ask("eth_estimateGas", [sent]),
        ask("eth_chainId"),
      ]);
      const transaction = await account.signTransaction({
        type: "legacy",
        to,
        data,
        value: 0n,
        nonce: Number(nonce),
        gasPrice: BigInt(gasPrice),
        gas: (BigInt(gas) * GAS_MARGIN_PERCENT) / 100n,
        chainId: Number(chainId),
      });
      return await ask("eth_sendRawTransaction", [transaction]);
    },
    chainId: async () => Number(await ask("eth_chainId")),
    switchChain: async () => undefined,
    watch: () => () => undefined,
  };
}

/** The same form that other wallets get, so that the same things are signed. */
function forViem(typedData: TypedData): Parameters<ReturnType<typeof privateKeyToAccount>["signTypedData"]>[0] {
  return JSON.parse(wireTypedData(typedData));
}
