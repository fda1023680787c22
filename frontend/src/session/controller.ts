/**
 * Drives the session: one for the page's life. Every step that fails leaves a state from which the person can go on, and what
 * comes back late, after they chose something else, is dropped.
 */
import { cancelled, isCode } from "../core/errors.ts";
import type { Session } from "../node/currentSession.ts";
import type { Trust } from "../node/trust.ts";
import type { Client } from "../node/types.ts";
import type { DemoPerson } from "../wallet/demoWallet.ts";
import type { WalletChoice } from "../wallet/discover.ts";
import type { Wallet } from "../wallet/types.ts";
import { Departure } from "./departure.ts";
import type { Doings } from "./doings.ts";
import { forgetWallet, keepWallet, keptWallet } from "./keptWallet.ts";
import { isOtherPerson, isSessionOver, type Notice, needsIdentity, type SessionState, type SignedIn } from "./state.ts";

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
  /** Tries again what of signing out did not succeed; see `remains` of the state. */
  readonly completeLeaving: () => Promise<void>;
};

export function openSession(doings: Doings): SessionController {
  let state: SessionState = { phase: "starting" };
  let current = new AbortController();
  let trust: Trust | null = null;
  let demo: readonly DemoPerson[] | null = null;
  let session: Session | null = null;
  let wallet: Wallet | null = null;
  let stopWatching: () => void = () => undefined;
  const listeners = new Set<() => void>();
  const departure = new Departure(doings);

  const set = (next: SessionState) => {
    state = next;
    for (const changed of listeners) changed();
  };
  /** Begins one way through the states, which is stopped as soon as another one begins. */
  const begin = (): AbortSignal => {
    current.abort();
    current = new AbortController();
    return current.signal;
  };
  let lastAtNode: Promise<unknown> = Promise.resolve();
  /** Opens or ends a session at the node, after what was begun before: the browser has one cookie for all of them. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = lastAtNode.then(work);
    lastAtNode = mine.catch(() => undefined);
    return mine;
  };
  /** Throws `cancelled`, and leaves no session open, where the person left meanwhile. */
  const signIn = (by: Wallet, to: Trust, going: AbortSignal): Promise<Session> =>
    inTurn(async () => {
      if (going.aborted) throw cancelled();
      const signed = await doings.signIn(by, to, going).catch((error: unknown) => {
        // It may be open all the same: it is ended now, or at the next start.
        if (going.aborted && !isCode(error, "cancelled") && !isCode(error, "wallet")) departure.noteSession(by.account);
        throw error;
      });
      if (going.aborted) {
        await departure.endSession(signed.account);
        throw cancelled();
      }
      departure.sessionReplaced();
      session = signed;
      doings.tellTabs(signed.account);
      return signed;
    });
  const choose = (error: unknown = null, notice: Notice | null = null) => {
    stopWatching();
    wallet = null;
    const { remains } = departure;
    set({ phase: "choosing", demo, error, notice, account: session?.account ?? null, remains });
  };
  const showRemains = () => {
    if (state.phase === "choosing") set({ ...state, remains: departure.remains });
  };

  const start = async () => {
    const going = begin();
    set({ phase: "starting" });
    try {
      if (departure.isUnfinished) await inTurn(() => departure.complete());
      if (going.aborted) return;
      const told = await doings.readNode();
      trust = doings.meetNode(told);
      demo = await doings.findDemoPeople(told.chain_id);
      if (going.aborted) return;
      if (departure.remains.session) return choose(); // of somebody who left: not to be taken up
      session = await doings.currentSession();
      if (going.aborted) return;
      if (session === null) return choose();
      const found = await findAgain(session);
      if (going.aborted) return;
      if (found === null) return choose(null, "wallet_missing");
      await arrive(found, going);
    } catch (error) {
      if (!going.aborted) set({ phase: "unreachable", error });
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
    const going = begin();
    set({ phase: "connecting", walletName: name });
    try {
      const reached = await reach();
      if (!going.aborted) await arrive(reached, going);
    } catch (error) {
      if (!going.aborted) fail(error);
    }
  };

  /** With a wallet at hand: signs in where that is still to be done, and takes up the person. */
  const arrive = async (reached: Wallet, going: AbortSignal) => {
    wallet = reached;
    if (trust === null) return void (await start());
    if (session?.account !== reached.account) {
      if (session !== null) {
        const before = session.account;
        session = null;
        doings.forgetLooks();
        const locked = departure.takeKey();
        departure.noteSession(before);
        doings.tellTabs(null);
        // Where that fails, signing in takes the session's place.
        await inTurn(() => Promise.all([locked, departure.endSession(before)]));
        if (going.aborted) return;
      }
      set({ phase: "signing_in", walletName: reached.name, account: reached.account });
      await signIn(reached, trust, going);
      if (going.aborted) return;
    }
    if (session === null) throw cancelled();
    keepWallet(doings.kept, reached.id);
    const client = doings.openClient({ wallet: reached, trust, session });
    watch(reached);
    await takeUp(client, going);
  };

  const takeUp = async (client: Client, going: AbortSignal) => {
    const me = await doings.readMe(client);
    if (going.aborted) return;
    const signedIn: SignedIn = { client, me };
    if (me.roles.length === 0) return set({ phase: "new", ...signedIn });
    if (!needsIdentity(me)) return ready(signedIn);
    set({ phase: "unlocking", ...signedIn });
    const resumed = me.recipient !== null && (await client.vault.resume(client.account, me.recipient));
    if (going.aborted) return;
    if (resumed) return ready(signedIn);
    // The demo wallet asks nobody; any other one is asked only after the page has said what for.
    if (client.wallet.id === "demo") return await open(signedIn, going);
    set({ phase: "locked", way: "sign", error: null, ...signedIn });
  };

  const open = async (signedIn: SignedIn, going: AbortSignal) => {
    set({ phase: "unlocking", ...signedIn });
    try {
      const found = await doings.unlock(signedIn.client, going);
      if (going.aborted) return;
      if (found.state === "open") ready(signedIn);
      else if (found.state === "absent") set({ phase: "new", ...signedIn });
      else set({ phase: "locked", way: found.state, error: null, ...signedIn });
    } catch (error) {
      if (!going.aborted) set({ phase: "locked", way: "sign", error, ...signedIn });
    }
  };

  const ready = (signedIn: SignedIn) => set({ phase: "ready", isOver: false, error: null, trouble: null, ...signedIn });

  const fail = (error: unknown) => {
    if (isSessionOver(error) || isOtherPerson(error)) session = null; // over, or another person's by now: the next try signs in
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

  /** Signs out here at once, and at the node; what does not succeed is shown, and tried again. */
  const leave = async (notice: Notice | null) => {
    begin();
    const isElsewhere = notice === "signed_out_elsewhere";
    const account = session?.account ?? null;
    session = null;
    doings.forgetLooks();
    if (isElsewhere) {
      // What the browser keeps is the other tab's to lock: somebody else may be signing in there already.
      choose(null, notice);
      await doings.forgetVault().catch(() => undefined);
      return;
    }
    forgetWallet(doings.kept);
    if (account !== null) departure.noteSession(account);
    const locked = departure.takeKey();
    choose(null, notice);
    doings.tellTabs(null);
    await (account === null ? locked : inTurn(() => Promise.all([locked, departure.endSession(account)])));
    showRemains();
  };

  /** Another tab signed in as `account`, or signed out (null). One cookie serves all tabs. */
  doings.onOtherTab((account) => {
    if (account !== null) {
      departure.sessionReplaced();
      showRemains();
    }
    if (session === null || session.account === account || state.phase === "starting") return;
    if (state.phase === "choosing") session = null;
    else void leave("signed_out_elsewhere");
  });

  /** The vault was locked, in another tab or here, and the page was not told: opens it again, or shows how. */
  const takeUpLocked = async (before: Extract<SessionState, { phase: "ready" }>) => {
    if (!needsIdentity(before.me)) return;
    const held = await before.client.vault.recipient().catch(() => null);
    if (state.phase !== "ready" || state.client !== before.client) return;
    if (held !== null && held === before.me.recipient) return; // opened again meanwhile
    const going = begin();
    set({ phase: "unlocking", client: before.client, me: before.me });
    try {
      await takeUp(before.client, going);
    } catch (error) {
      if (going.aborted) return;
      if (isSessionOver(error)) set({ ...before, isOver: true, error: null });
      else set({ phase: "locked", way: "sign", error, client: before.client, me: before.me });
    }
  };

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
      const going = begin();
      try {
        await chosen.switchChain(chain.chainId);
        if (going.aborted) return;
        if (state.phase === "ready") set({ ...state, trouble: null });
        else await arrive(chosen, going);
      } catch (error) {
        if (going.aborted) return;
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
      const going = begin();
      const { client } = state;
      const me = await doings.readMe(client);
      if (!going.aborted) ready({ client, me });
    },
    renew: async () => {
      if (state.phase !== "ready" || trust === null) return;
      const before = state;
      const going = begin();
      try {
        await signIn(before.client.wallet, trust, going);
        if (going.aborted) return;
        set({ ...before, isOver: false, error: null });
      } catch (error) {
        if (!going.aborted) set({ ...before, isOver: true, error });
      }
    },
    noticeError: (error) => {
      if ("client" in state && isOtherPerson(error)) return void leave("signed_out_elsewhere");
      if (state.phase === "ready" && !state.isOver && isSessionOver(error))
        set({ ...state, isOver: true, error: null });
      if (state.phase === "ready" && !state.isOver && isCode(error, "refused.vault_locked")) void takeUpLocked(state);
    },
    signOut: () => leave(null),
    completeLeaving: async () => {
      await inTurn(() => departure.complete());
      showRemains();
    },
  };
}
