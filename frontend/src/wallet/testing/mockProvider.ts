/** An EIP-1193 wallet for tests: it signs truly, with a switch for everything that real ones do wrong. */

import { type Address, type Hex, hexToString } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Provider } from "../eip1193.ts";

export type Switches = {
  /** The person says no to everything that needs them (4001). */
  refuses: boolean;
  /** Shows no account, and waits for nobody (4100). */
  isLocked: boolean;
  /** An earlier question is still open (-32002). */
  isBusy: boolean;
  /** The wallet's process is gone (4900). */
  isGone: boolean;
  /** Reached its chain no more (4901). */
  hasLostChain: boolean;
  /** Does not know typed data (4200). */
  lacksTypedData: boolean;
  /** Does not know the chain that it is asked to change to (4902). */
  lacksChain: boolean;
  /** Wraps its errors, as some bridges do. */
  wraps: boolean;
  /** Signatures that do not repeat, as those of many contract wallets. */
  neverRepeats: boolean;
  /** What is answered instead of a signature. */
  answersWith: unknown;
  /** `eth_sendTransaction` and `eth_call` revert. */
  reverts: boolean;
  /** What a revert says, ABI-encoded. */
  revertData: string | null;
};

export type MockProvider = Provider & {
  readonly switches: Switches;
  /** Method by method, as asked. */
  readonly asked: { readonly method: string; readonly params: readonly unknown[] }[];
  readonly account: Address;
  chain: number;
  /** As the wallet itself tells it. */
  emit(event: "accountsChanged" | "chainChanged" | "disconnect", value?: unknown): void;
  /** Shows another account, and says so. */
  showAccount(account: Address): void;
  listeners(): number;
};

class ProviderError extends Error {
  readonly code: number;
  readonly data: unknown;
  constructor(code: number, data?: unknown) {
    super(`mock error ${code}`);
    this.code = code;
    this.data = data;
  }
}

const NEED_A_PERSON = new Set([
  "eth_requestAccounts",
  "personal_sign",
  "eth_signTypedData_v4",
  "eth_sendTransaction",
  "wallet_switchEthereumChain",
]);

export function mockProvider(privateKey: Hex, { chain = 31337 }: { chain?: number } = {}): MockProvider {
  const key = privateKeyToAccount(privateKey);
  const heard = new Map<string, Set<(...args: never[]) => void>>();
  let shown: Address = key.address;
  let signed = 0;
  const switches: Switches = {
    refuses: false,
    isLocked: false,
    isBusy: false,
    isGone: false,
    hasLostChain: false,
    lacksTypedData: false,
    lacksChain: false,
    wraps: false,
    neverRepeats: false,
    answersWith: undefined,
    reverts: false,
    revertData: null,
  };
  const fail = (code: number, data: unknown = undefined): never => {
    throw switches.wraps ? new ProviderError(-32603, { originalError: { code, data } }) : new ProviderError(code, data);
  };
  const signature = async (make: () => Promise<Hex>): Promise<unknown> => {
    signed += 1;
    if (switches.answersWith !== undefined) {
      return switches.answersWith;
    }
    const made = await make();
    return switches.neverRepeats
      ? `${made.slice(0, -4)}${(signed % 256).toString(16).padStart(2, "0")}${made.slice(-2)}`
      : made;
  };
  const provider: MockProvider = {
    switches,
    asked: [],
    account: key.address,
    chain,
    request: async ({ method, params }) => {
      const given = (params ?? []) as readonly unknown[];
      provider.asked.push({ method, params: given });
      if (switches.isGone) {
        fail(4900);
      }
      if (NEED_A_PERSON.has(method)) {
        if (switches.isLocked) {
          fail(4100);
        }
        if (switches.isBusy) {
          fail(-32002);
        }
        if (switches.refuses) {
          fail(4001);
        }
      }
      switch (method) {
        case "eth_requestAccounts":
        case "eth_accounts":
          return switches.isLocked ? [] : [shown.toLowerCase()];
        case "eth_chainId":
          return switches.hasLostChain ? fail(4901) : `0x${provider.chain.toString(16)}`;
        case "personal_sign":
          return await signature(() => key.signMessage({ message: hexToString(given[0] as Hex) }));
        case "eth_signTypedData_v4":
          if (switches.lacksTypedData) {
            fail(4200);
          }
          return await signature(() => key.signTypedData(JSON.parse(given[1] as string)));
        case "eth_call":
        case "eth_sendTransaction":
          return switches.reverts ? fail(3, switches.revertData) : `0x${"ab".repeat(32)}`;
        case "wallet_switchEthereumChain":
          if (switches.lacksChain) {
            fail(4902);
          }
          provider.chain = Number((given[0] as { chainId: string }).chainId);
          provider.emit("chainChanged", `0x${provider.chain.toString(16)}`);
          return null;
        default:
          return fail(-32601);
      }
    },
    on: (event, listener) => {
      heard.set(event, (heard.get(event) ?? new Set()).add(listener));
    },
    removeListener: (event, listener) => {
      heard.get(event)?.delete(listener);
    },
    emit: (event, value) => {
      for (const listener of heard.get(event) ?? []) {
        (listener as (value: unknown) => void)(value);
      }
    },
    showAccount: (account) => {
      shown = account;
      provider.emit("accountsChanged", [account.toLowerCase()]);
    },
    listeners: () => [...heard.values()].reduce((sum, one) => sum + one.size, 0),
  };
  return provider;
}
