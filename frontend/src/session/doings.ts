/** What the session does outside of itself; tests give their own. */
import { currentSession, type Session } from "../node/currentSession.ts";
import { type Http, openHttp } from "../node/http.ts";
import { openClient } from "../node/openClient.ts";
import { readMe } from "../node/readMe.ts";
import { readNode } from "../node/readNode.ts";
import { signIn } from "../node/signIn.ts";
import { signOut } from "../node/signOut.ts";
import { meetNode, type Trust } from "../node/trust.ts";
import type { Address, Client } from "../node/types.ts";
import { type Unlocked, unlock } from "../node/unlock.ts";
import { forgetLooks } from "../record/lastLook.ts";
import { openVault } from "../vault/openVault.ts";
import { type DemoPerson, findDemoPeople } from "../wallet/demoWallet.ts";
import { discoverWallets, type WalletChoice, type Wallets } from "../wallet/discover.ts";
import type { Wallet } from "../wallet/types.ts";
import type { Kept } from "./keptWallet.ts";

type NodeTold = Awaited<ReturnType<typeof readNode>>;

export type Doings = {
  readonly readNode: () => Promise<NodeTold>;
  readonly meetNode: (told: NodeTold) => Trust;
  readonly findDemoPeople: (chainId: number) => Promise<readonly DemoPerson[] | null>;
  readonly currentSession: () => Promise<Session | null>;
  readonly signIn: (wallet: Wallet, trust: Trust, signal: AbortSignal) => Promise<Session>;
  readonly signOut: () => Promise<void>;
  readonly openClient: (parts: { wallet: Wallet; trust: Trust; session: Session }) => Client;
  readonly readMe: (client: Client) => ReturnType<typeof readMe>;
  readonly unlock: (client: Client, signal: AbortSignal) => Promise<Unlocked>;
  readonly lockVault: () => Promise<void>;
  /** The same in this tab only. */
  readonly forgetVault: () => Promise<void>;
  /** Forgets which records were looked at in this browser. */
  readonly forgetLooks: () => void;
  /** The wallet of that id, as soon as it announces itself; null where it does not in a while. */
  readonly findWallet: (id: string) => Promise<WalletChoice | null>;
  readonly kept: Kept;
  /** Tells the other tabs of this browser who is signed in now; null: nobody. */
  readonly tellTabs: (account: Address | null) => void;
  readonly onOtherTab: (then: (account: Address | null) => void) => void;
};

const ANNOUNCES_WITHIN_MS = 1_500;

/** The real ones. */
export function browserDoings(): { readonly doings: Doings; readonly wallets: Wallets; readonly http: Http } {
  const http = openHttp();
  const wallets = discoverWallets();
  const { vault } = openVault();
  const tabs = new BroadcastChannel("mendrec.session");
  const doings: Doings = {
    readNode: () => readNode(http),
    meetNode: (told) => meetNode(told),
    findDemoPeople: (chainId) => findDemoPeople(http, chainId),
    currentSession: () => currentSession(http),
    signIn: (wallet, trust, signal) => signIn({ http, wallet, trust, signal }),
    signOut: () => signOut(http),
    openClient: (parts) => openClient({ http, vault, ...parts }),
    readMe: (client) => readMe(client),
    unlock: (client, signal) => unlock(client, { signal }),
    lockVault: () => vault.lock(),
    forgetVault: () => vault.forget(),
    forgetLooks: () => forgetLooks(),
    findWallet: (id) => announced(wallets, id),
    kept: localStorage,
    tellTabs: (account) => tabs.postMessage(account),
    onOtherTab: (then) => {
      tabs.addEventListener("message", ({ data }: MessageEvent<Address | null>) => then(data));
    },
  };
  return { doings, wallets, http };
}

function announced(wallets: Wallets, id: string): Promise<WalletChoice | null> {
  const find = () => wallets.list().find((choice) => choice.id === id) ?? null;
  const there = find();
  if (there !== null) return Promise.resolve(there);
  return new Promise((resolve) => {
    const settle = (choice: WalletChoice | null) => {
      clearTimeout(timer);
      stop();
      resolve(choice);
    };
    const timer = setTimeout(() => settle(null), ANNOUNCES_WITHIN_MS);
    const stop = wallets.subscribe(() => {
      const found = find();
      if (found !== null) settle(found);
    });
  });
}
