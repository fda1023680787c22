/** A person's wallet as the page uses it, whichever it is: an EIP-6963 provider or the demo wallet. */
import type { Address } from "../node/types.ts";

/** EIP-712 typed data in the JSON form of `eth_signTypedData_v4`. */
export type TypedData = {
  readonly domain: Record<string, unknown>;
  readonly types: Record<string, readonly { readonly name: string; readonly type: string }[]>;
  readonly primaryType: string;
  readonly message: Record<string, unknown>;
};

export type Wallet = {
  /** EIP-6963 rdns, or `demo`. */
  readonly id: string;
  readonly name: string;
  readonly account: Address;
  /** EIP-191 `personal_sign`; hex. Throws WalletError. */
  signMessage(text: string): Promise<`0x${string}`>;
  /** `eth_signTypedData_v4`; hex. Throws WalletError. */
  signTypedData(typedData: TypedData): Promise<`0x${string}`>;
  /** `eth_call` on the latest block through the wallet's own chain node; hex. */
  call(parameters: { to: Address; data: `0x${string}` }): Promise<`0x${string}`>;
  /** `eth_sendTransaction`; the transaction's hash. For institutions, whose acts nobody relays. */
  sendTransaction(parameters: { to: Address; data: `0x${string}` }): Promise<`0x${string}`>;
  /** Chain id in force in the wallet. */
  chainId(): Promise<number>;
  /** Asks the wallet to change to the chain. Throws WalletError. */
  switchChain(chainId: number): Promise<void>;
  /** Calls back when account or chain change or the wallet goes away; returns how to stop listening. */
  watch(changed: (what: "account" | "chain" | "disconnected") => void): () => void;
};

/** Why a wallet did not do it. `refused` is a person's own no (4001), and nothing went wrong. */
export type WalletErrorReason =
  | "refused"
  | "locked"
  | "wrong_chain"
  | "wrong_account"
  | "busy"
  | "unsupported"
  | "gone";
