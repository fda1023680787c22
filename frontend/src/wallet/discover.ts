/** Wallets that this browser has (EIP-6963). */
import { createStore } from "mipd";
import type { Address } from "../node/types.ts";
import { connectWallet, type Provider, reconnectWallet } from "./eip1193.ts";
import type { Wallet } from "./types.ts";

export type WalletChoice = {
  /** EIP-6963 rdns: the same after a reload. */
  readonly id: string;
  readonly name: string;
  /** A `data:` image; null where the wallet shows none that may be shown. */
  readonly icon: string | null;
  connect(): Promise<Wallet>;
  /** Without asking the person; null where the wallet is locked or shows another account. */
  reconnect(account: Address): Promise<Wallet | null>;
};
export type Wallets = {
  /** The same array until it changes. */
  list(): readonly WalletChoice[];
  /** Calls back when a wallet announces itself; returns how to stop. */
  subscribe(changed: () => void): () => void;
};

const ICON = /^data:image\/(?:svg\+xml|png|webp|gif|jpeg)[;,]/;
const NAME_MAX_CHARS = 60;

type Announced = {
  readonly info: { readonly rdns: string; readonly name: string; readonly icon: string; readonly uuid: string };
  readonly provider: unknown;
};

/** Looks for wallets from now on. Make one for the page. */
export function discoverWallets(): Wallets {
  const store = createStore();
  let choices = store.getProviders().map(choiceOf);
  return {
    list: () => choices,
    subscribe: (changed) =>
      store.subscribe((announced) => {
        choices = announced.map(choiceOf);
        changed();
      }),
  };
}

/** One wallet that announced itself. Its name and picture are the wallet's own words: shown, never believed. */
export function choiceOf({ info, provider }: Announced): WalletChoice {
  const own = { id: info.rdns, name: info.name.replaceAll(/\p{C}/gu, "").trim().slice(0, NAME_MAX_CHARS) || info.rdns };
  const reached = provider as Provider;
  return {
    ...own,
    icon: ICON.test(info.icon) ? info.icon : null,
    connect: () => connectWallet(reached, own),
    reconnect: (account) => reconnectWallet(reached, own, account),
  };
}
