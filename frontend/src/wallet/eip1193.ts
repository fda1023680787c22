/** An EIP-1193 provider as a {@link Wallet}: what it answers is checked, what it refuses is said in words. */
import type { Hex } from "viem";
import { stringToHex } from "viem/utils";
import type { MendrecError } from "../core/errors.ts";
import { parseAddress } from "../core/ids.ts";
import type { Address } from "../node/types.ts";
import { contractRefused, walletError } from "./errors.ts";
import type { TypedData, Wallet } from "./types.ts";
import { wireTypedData } from "./wireTypedData.ts";

/** What is used of EIP-1193. */
export type Provider = {
  request(asked: { method: string; params?: unknown }): Promise<unknown>;
  on?(event: string, listener: (...args: never[]) => void): unknown;
  removeListener?(event: string, listener: (...args: never[]) => void): unknown;
};
export type ProviderInfo = { readonly id: string; readonly name: string };

const REFUSED = 4001;
const UNAUTHORIZED = 4100;
const UNSUPPORTED = [4200, -32601, -32004];
const GONE = [4900];
const CHAIN_GONE = 4901;
const UNKNOWN_CHAIN = 4902;
const PENDING = -32002;
const REVERTED = 3;
const HEX = /^0x[0-9a-fA-F]*$/;
const SIGNATURE_MAX_CHARS = 2 + 2 * 4096;

/**
 * Connects: the wallet asks the person which account to show, where it has not before.
 *
 * Throws `wallet.refused`, `wallet.locked`, `wallet.busy`, `wallet.unsupported`, `wallet.gone`.
 */
export async function connectWallet(provider: Provider, info: ProviderInfo): Promise<Wallet> {
  return walletOf(provider, info, firstAccount(await ask(provider, "eth_requestAccounts")));
}

/** Takes up a connection without asking the person; null where the wallet is locked or shows another account. */
export async function reconnectWallet(
  provider: Provider,
  info: ProviderInfo,
  account: Address,
): Promise<Wallet | null> {
  const shown = accounts(await ask(provider, "eth_accounts"));
  return shown.includes(account) ? walletOf(provider, info, account) : null;
}

function walletOf(provider: Provider, { id, name }: ProviderInfo, account: Address): Wallet {
  /** A wallet that shows another account would sign as somebody else, or say something unhelpful. */
  const requireAccount = async (): Promise<void> => {
    const shown = accounts(await ask(provider, "eth_accounts"));
    if (shown.length === 0) {
      throw walletError("locked");
    }
    if (!shown.includes(account)) {
      throw walletError("wrong_account", { details: { account } });
    }
  };
  const signed = async (method: string, params: readonly unknown[]): Promise<Hex> => {
    await requireAccount();
    return signature(await ask(provider, method, params));
  };
  return {
    id,
    name,
    account,
    signMessage: (text) => signed("personal_sign", [stringToHex(text), account]),
    signTypedData: (typedData: TypedData) => signed("eth_signTypedData_v4", [account, wireTypedData(typedData)]),
    call: async ({ to, data }) => hex(await ask(provider, "eth_call", [{ to, data }, "latest"])),
    sendTransaction: async ({ to, data }) => {
      await requireAccount();
      return hex(await ask(provider, "eth_sendTransaction", [{ from: account, to, data, value: "0x0" }]));
    },
    chainId: async () => Number(hex(await ask(provider, "eth_chainId"))),
    switchChain: async (chainId) => {
      await ask(provider, "wallet_switchEthereumChain", [{ chainId: `0x${chainId.toString(16)}` }], {
        expected: chainId,
      });
    },
    watch: (changed) => watch(provider, account, changed),
  };
}

function watch(provider: Provider, account: Address, changed: Parameters<Wallet["watch"]>[0]): () => void {
  const onAccounts = (shown: unknown) => {
    // Empty: the wallet was locked, or disconnected from this page. Signing says so; a locked wallet is no other person.
    const now = accounts(shown);
    if (now.length === 0) {
      changed("disconnected");
    } else if (now[0] !== account) {
      changed("account");
    }
  };
  const listeners = [
    ["accountsChanged", onAccounts],
    ["chainChanged", () => changed("chain")],
    ["disconnect", () => changed("disconnected")],
  ] as const;
  for (const [event, listener] of listeners) {
    provider.on?.(event, listener as (...args: never[]) => void);
  }
  return () => {
    for (const [event, listener] of listeners) {
      provider.removeListener?.(event, listener as (...args: never[]) => void);
    }
  };
}

async function ask(
  provider: Provider,
  method: string,
  params?: readonly unknown[],
  details: Readonly<Record<string, string | number>> = {},
): Promise<unknown> {
  try {
    return await provider.request(params === undefined ? { method } : { method, params });
  } catch (error) {
    throw inWords(error, details);
  }
}

function inWords(error: unknown, details: Readonly<Record<string, string | number>>): MendrecError {
  const code = codeOf(error);
  const options = { cause: error, details };
  if (code === REFUSED) {
    return walletError("refused", options);
  }
  if (code === UNAUTHORIZED) {
    return walletError("locked", options);
  }
  if (code === PENDING) {
    return walletError("busy", options);
  }
  if (code === CHAIN_GONE || code === UNKNOWN_CHAIN) {
    return walletError("wrong_chain", options);
  }
  if (code !== null && UNSUPPORTED.includes(code)) {
    return walletError("unsupported", options);
  }
  if (code === REVERTED || /revert/i.test(messageOf(error))) {
    return contractRefused({ data: revertData(error), cause: error });
  }
  return walletError(
    "gone",
    GONE.includes(code ?? 0) ? options : { ...options, details: { ...details, ...(code === null ? {} : { code }) } },
  );
}

/** What the contract said, as ABI-encoded custom error; wallets put it in one of three places. */
function revertData(error: unknown): string | null {
  let inner: unknown = error;
  for (let depth = 0; depth < 3 && typeof inner === "object" && inner !== null; depth += 1) {
    const { data, originalError } = inner as { data?: unknown; originalError?: unknown };
    if (typeof data === "string" && HEX.test(data)) {
      return data;
    }
    inner = data ?? originalError;
  }
  return null;
}

/** Some wallets wrap the error that counts. */
function codeOf(error: unknown): number | null {
  if (typeof error !== "object" || error === null) {
    return null;
  }
  const { code, data } = error as { code?: unknown; data?: { originalError?: unknown } };
  const inner = codeOf(data?.originalError);
  return inner ?? (typeof code === "number" ? code : null);
}

function messageOf(error: unknown): string {
  const message = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : undefined;
  return typeof message === "string" ? message : "";
}

function accounts(value: unknown): readonly Address[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string").map(parseAddress) : [];
}

function firstAccount(value: unknown): Address {
  const [first] = accounts(value);
  if (first === undefined) {
    throw walletError("locked");
  }
  return first;
}

function hex(value: unknown): Hex {
  if (typeof value !== "string" || !HEX.test(value)) {
    throw walletError("unsupported");
  }
  return value.toLowerCase() as Hex;
}

function signature(value: unknown): Hex {
  const signed = hex(value);
  if (signed.length < 4 || signed.length > SIGNATURE_MAX_CHARS || signed.length % 2 !== 0) {
    throw walletError("unsupported");
  }
  return signed;
}
