/**
 * Drives the session: one for the page's life. Every step that fails leaves a state from which the person can go on, and what
 * comes back late, after they chose something else, is dropped.
 */
import { isCode } from "../core/errors.ts";
import type { Session } from "../node/currentSession.ts";
import type { Trust } from "../node/trust.ts";
import type { Client } from "../node/types.ts";
import type { DemoPerson } from "../wallet/demoWallet.ts";
import type { WalletChoice } from "../wallet/discover.ts";
import type { Wallet } from "../wallet/types.ts";
import type { Doings } from "./doings.ts";
import { forgetWallet, keepWallet, keptWallet } from "./keptWallet.ts";
import { isSessionOver, type Notice, needsIdentity, type SessionState, type SignedIn } from "./state.ts";

export type SessionController = {
  readonly state: () => SessionState;
  readonly subscribe: (changed: () => void) => () => void;
  /** Begins, and begins anew after `unreachable`. */
  readonly start: () => Promise<void>;
  readonly chooseWallet: (choice: WalletChoice) => Promise<void>;
  readonly chooseDemo: (person: DemoPerson) => Promise<void>;
  /** Asks the wallet for the node's network, then goes on. */
  readonly switchNetwork: () => Promise<void>;
  /** Opens the identity with a signature of the wallet. */
  readonly unlock: () => Promise<void>;
  /** The identity is open, by whatever way: goes on. Reads anew who one is. */
  readonly goOn: () => Promise<void>;
  /** Signs in again after the session was over. */
  readonly renew: () => Promise<void>;
  /** Every error of the page comes by: one that says the session is over asks to sign in again. */
  readonly noticeError: (error: unknown) => void;
  readonly signOut: () => Promise<void>;
};

export function openSession(doings: Doings): SessionController {
  let state: SessionState = { phase: "starting" };
  let turn = 0;
  let trust: Trust | null = null;
  let demo: readonly DemoPerson[] | null = null;
  let session: Session | null = null;
  let wallet: Wallet | null = null;
  let stopWatching: () => void = () => undefined;
  const listeners = new Set<() => void>();

  const set = (next: SessionState) => {
    state = next;
    for (const changed of listeners) changed();
  };
  /** Runs one way through the states; `isCurrent` says whether nothing else began meanwhile. */
  const begin = () => {
    turn += 1;
    const mine = turn;
    return () => mine === turn;
  };
  const choose = (error: unknown = null, notice: Notice | null = null) => {
    stopWatching();
    wallet = null;
    set({ phase: "choosing", demo, error, notice, account: session?.account ?? null });
  };

  const start = async () => {
    const isCurrent = begin();
    set({ phase: "starting" });
    try {
      const told = await doings.readNode();
      trust = doings.meetNode(told);
      demo = await doings.findDemoPeople(told.chain_id);
      session = await doings.currentSession();
      if (!isCurrent()) return;
      if (session === null) return choose();
      const found = await findAgain(session);
      if (!isCurrent()) return;
      if (found === null) return choose(null, "wallet_missing");
      await arrive(found, isCurrent);
    } catch (error) {
      if (isCurrent()) set({ phase: "unreachable", error });
    }
  };

  /** The wallet that signed in before a reload, without asking the person for anything. */
  const findAgain = async ({ account }: Session): Promise<Wallet | null> => {
    const person = demo?.find((one) => one.address === account);
    const kept = keptWallet(doings.kept);
    if (person !== undefined && (kept === null || kept === "demo")) return await person.connect();
    const choice = kept === null ? null : await doings.findWallet(kept);
    return (await choice?.reconnect(account).catch(() => null)) ?? null;
  };

  const connect = async (name: string, reach: () => Promise<Wallet>) => {
    const isCurrent = begin();
    set({ phase: "connecting", walletName: name });
    try {
      const reached = await reach();
      if (isCurrent()) await arrive(reached, isCurrent);
    } catch (error) {
      if (isCurrent()) fail(error);
    }
  };

  /** With a wallet at hand: signs in where that is still to be done, and takes up the person. */
  const arrive = async (reached: Wallet, isCurrent: () => boolean) => {
    wallet = reached;
    if (trust === null) return void (await start());
    if (session?.account !== reached.account) {
      if (session !== null) await doings.signOut();
      session = null;
      set({ phase: "signing_in", walletName: reached.name, account: reached.account });
      const signed = await doings.signIn(reached, trust);
      if (!isCurrent()) return;
      session = signed;
    }
    keepWallet(doings.kept, reached.id);
    const client = doings.openClient({ wallet: reached, trust, session });
    watch(reached);
    await takeUp(client, isCurrent);
  };

  const takeUp = async (client: Client, isCurrent: () => boolean) => {
    const me = await doings.readMe(client);
    if (!isCurrent()) return;
    const signedIn: SignedIn = { client, me };
    if (me.roles.length === 0) return set({ phase: "new", ...signedIn });
    if (!needsIdentity(me)) return ready(signedIn);
    set({ phase: "unlocking", ...signedIn });
    const resumed = me.recipient !== null && (await client.vault.resume(client.account, me.recipient));
    if (!isCurrent()) return;
    if (resumed) return ready(signedIn);
    // The demo wallet asks nobody; any other one is asked only after the page has said what for.
    if (client.wallet.id === "demo") return await open(signedIn, isCurrent);
    set({ phase: "locked", way: "sign", error: null, ...signedIn });
  };

  const open = async (signedIn: SignedIn, isCurrent: () => boolean) => {
    set({ phase: "unlocking", ...signedIn });
    try {
      const found = await doings.unlock(signedIn.client);
      if (!isCurrent()) return;
      if (found.state === "open") ready(signedIn);
      else if (found.state === "absent") set({ phase: "new", ...signedIn });
      else set({ phase: "locked", way: found.state, error: null, ...signedIn });
    } catch (error) {
      if (isCurrent()) set({ phase: "locked", way: "sign", error, ...signedIn });
    }
  };

  const ready = (signedIn: SignedIn) => set({ phase: "ready", isOver: false, error: null, trouble: null, ...signedIn });

  const fail = (error: unknown) => {
    if (isCode(error, "wallet.wrong_chain") && wallet !== null && trust !== null) {
      set({ phase: "wrong_network", walletName: wallet.name, chainId: trust.chainId, error });
    } else {
      choose(error);
    }
  };

  const watch = (watched: Wallet) => {
    stopWatching();
    stopWatching = watched.watch((what) => {
      if (watched !== wallet) return;
      if (what === "account") void leave("account_changed");
      else if (what === "disconnected") trouble("disconnected");
      else void lookAtNetwork(watched);
    });
  };

  const lookAtNetwork = async (watched: Wallet) => {
    const chainId = await watched.chainId().catch(() => null);
    if (watched === wallet) trouble(chainId === trust?.chainId ? null : "network");
  };

  const trouble = (what: "network" | "disconnected" | null) => {
    if (state.phase === "ready") set({ ...state, trouble: what });
  };

  /** Signs out here and at the node; what the node answers does not matter to who leaves. */
  const leave = async (notice: Notice | null) => {
    begin();
    const hadSession = session !== null && notice !== "signed_out_elsewhere";
    session = null;
    forgetWallet(doings.kept);
    choose(null, notice);
    await doings.lockVault().catch(() => undefined);
    if (hadSession) await doings.signOut().catch(() => undefined);
  };

  doings.onSignedOutElsewhere(() => {
    if (state.phase !== "choosing" && state.phase !== "starting") void leave("signed_out_elsewhere");
  });

  return {
    state: () => state,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    start,
    chooseWallet: (choice) => connect(choice.name, () => choice.connect()),
    chooseDemo: (person) => connect(person.name, () => person.connect()),
    switchNetwork: async () => {
      const [chosen, chain] = [wallet, trust];
      if (chosen === null || chain === null) return;
      const isCurrent = begin();
      try {
        await chosen.switchChain(chain.chainId);
        if (!isCurrent()) return;
        if (state.phase === "ready") set({ ...state, trouble: null });
        else await arrive(chosen, isCurrent);
      } catch (error) {
        if (!isCurrent()) return;
        if (state.phase === "ready") set({ ...state, error });
        else set({ phase: "wrong_network", walletName: chosen.name, chainId: chain.chainId, error });
      }
    },
    unlock: async () => {
      if (state.phase !== "locked") return;
      const { client, me } = state;
      await open({ client, me }, begin());
    },
    goOn: async () => {
      if (!("client" in state)) return;
      const isCurrent = begin();
      const { client } = state;
      const me = await doings.readMe(client);
      if (isCurrent()) ready({ client, me });
    },
    renew: async () => {
      if (state.phase !== "ready" || trust === null) return;
      const before = state;
      const isCurrent = begin();
      try {
        const signed = await doings.signIn(before.client.wallet, trust);
        if (!isCurrent()) return;
        session = signed;
        set({ ...before, isOver: false, error: null });
      } catch (error) {
        if (isCurrent()) set({ ...before, isOver: true, error });
      }
    },
    noticeError: (error) => {
      if (state.phase === "ready" && !state.isOver && isSessionOver(error))
        set({ ...state, isOver: true, error: null });
    },
    signOut: async () => {
      await leave(null);
      doings.tellSignedOut();
    },
  };
}
