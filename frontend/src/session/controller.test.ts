import { beforeEach, describe, expect, it, vi } from "vitest";
import { MendrecError } from "../core/errors.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import type { Address, Client } from "../node/types.ts";
import type { WalletChoice } from "../wallet/discover.ts";
import type { Wallet } from "../wallet/types.ts";
import { openSession } from "./controller.ts";
import type { Doings } from "./doings.ts";

const account: Address = "0x00000000000000000000000000000000000000aA";
const other: Address = "0x00000000000000000000000000000000000000bB";
const signed = (who: Address) => ({ account: who, sessionId: "s", expiresAt: 9 });

/** A node and a wallet on which everything works, and what a test changes about them. */
function scene() {
  let changed: (what: "account" | "chain" | "disconnected") => void = () => undefined;
  let elsewhere: (account: Address | null) => void = () => undefined;
  const kept = new Map<string, string>();
  const wallet = {
    id: "example.wallet",
    name: "Wallet",
    account,
    chainId: vi.fn(async () => 7),
    switchChain: vi.fn(async () => undefined),
    watch: (then: typeof changed) => {
      changed = then;
      return () => undefined;
    },
  };
  const vault = {
    resume: vi.fn(async () => true),
    lock: vi.fn(async () => undefined),
    recipient: vi.fn(async () => null as string | null),
  };
  const me = { address: account, roles: ["patient"], recipient: "age1x" as string | null };
  const doings = {
    readNode: vi.fn(async () => ({ chain_id: 7 })),
    meetNode: () => ({ chainId: 7 }),
    findDemoPeople: vi.fn(async () => null),
    currentSession: vi.fn(async () => null as ReturnType<typeof signed> | null),
    signIn: vi.fn(async (by: Wallet, _trust: unknown, _going: AbortSignal) => signed(by.account)),
    signOut: vi.fn(async () => undefined),
    openClient: ({ wallet: by }: { wallet: Wallet }) =>
      ({ wallet: by, account: by.account, vault }) as unknown as Client,
    readMe: vi.fn(async () => me as PersonAnswered),
    unlock: vi.fn(async () => ({ state: "open" as string, recipient: "age1x" })),
    lockVault: vi.fn(async () => undefined),
    forgetVault: vi.fn(async () => undefined),
    forgetLooks: vi.fn(),
    findWallet: vi.fn(async () => null as WalletChoice | null),
    kept: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
    tellTabs: vi.fn(),
    onOtherTab: (then: typeof elsewhere) => {
      elsewhere = then;
    },
  };
  const open = () => openSession(doings as unknown as Doings);
  const session = open();
  const choice = {
    id: wallet.id,
    name: wallet.name,
    icon: null,
    connect: vi.fn(async () => wallet as unknown as Wallet),
    reconnect: vi.fn(async () => wallet as unknown as Wallet | null),
  };
  return {
    doings,
    wallet,
    vault,
    me,
    session,
    /** The page loaded anew. */
    reload: open,
    choice,
    say: (what: "account" | "chain" | "disconnected") => changed(what),
    elsewhere: (who: Address | null) => elsewhere(who),
  };
}

let s: ReturnType<typeof scene>;

beforeEach(() => {
  s = scene();
});

async function atWork() {
  await s.session.start();
  await s.session.chooseWallet(s.choice);
  expect(s.session.state().phase).toBe("ready");
}

describe("coming in", () => {
  it("chooses, signs in once, takes up the kept key, and is ready", async () => {
    await s.session.start();
    expect(s.session.state()).toMatchObject({ phase: "choosing", notice: null, account: null });
    await s.session.chooseWallet(s.choice);
    expect(s.session.state()).toMatchObject({ phase: "ready", isOver: false, trouble: null });
    expect(s.doings.signIn).toHaveBeenCalledTimes(1);
    expect(s.doings.unlock).not.toHaveBeenCalled();
  });

  it("asks for no signature after a reload", async () => {
    s.doings.kept.setItem("mendrec.wallet", s.wallet.id);
    s.doings.currentSession.mockResolvedValue(signed(account));
    s.doings.findWallet.mockResolvedValue(s.choice);
    await s.session.start();
    expect(s.session.state().phase).toBe("ready");
    expect(s.doings.signIn).not.toHaveBeenCalled();
    expect(s.choice.connect).not.toHaveBeenCalled();
  });

  it("asks for the wallet again where a reload does not find it, and keeps the session", async () => {
    s.doings.currentSession.mockResolvedValue(signed(account));
    await s.session.start();
    expect(s.session.state()).toMatchObject({ phase: "choosing", notice: "wallet_missing", account });
    await s.session.chooseWallet(s.choice);
    expect(s.session.state().phase).toBe("ready");
    expect(s.doings.signIn).not.toHaveBeenCalled();
  });

  it("ends the session of one account before another one signs in", async () => {
    s.doings.currentSession.mockResolvedValue(signed(other));
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    expect(s.doings.signOut).toHaveBeenCalledTimes(1);
    expect(s.doings.signIn).toHaveBeenCalledTimes(1);
  });

  it("explains before it has the key opened by a signature", async () => {
    s.vault.resume.mockResolvedValue(false);
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    expect(s.session.state()).toMatchObject({ phase: "locked", way: "sign" });
    expect(s.doings.unlock).not.toHaveBeenCalled();
    await s.session.unlock();
    expect(s.session.state().phase).toBe("ready");
  });

  it.each(["passphrase", "lost"] as const)("says that the way is %s", async (way) => {
    s.vault.resume.mockResolvedValue(false);
    s.doings.unlock.mockResolvedValue({ state: way, recipient: "age1x" });
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    await s.session.unlock();
    expect(s.session.state()).toMatchObject({ phase: "locked", way });
  });

  it("welcomes who is new, and lets an institution in without a key of its own", async () => {
    s.me.roles = [];
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    expect(s.session.state().phase).toBe("new");
    s.me.roles = ["institution"];
    await s.session.chooseWallet(s.choice);
    expect(s.session.state().phase).toBe("ready");
    expect(s.vault.resume).not.toHaveBeenCalled();
  });
});

describe("what goes wrong on the way", () => {
  it("is said where the wallet is chosen, and nothing is kept", async () => {
    const refusal = new MendrecError("wallet.refused", "no");
    s.doings.signIn.mockRejectedValueOnce(refusal);
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    expect(s.session.state()).toMatchObject({ phase: "choosing", error: refusal });
    expect(s.doings.kept.getItem("mendrec.wallet")).toBeNull();
    await s.session.chooseWallet(s.choice);
    expect(s.session.state().phase).toBe("ready");
  });

  it("offers to switch the network, and goes on after it", async () => {
    s.doings.signIn.mockRejectedValueOnce(new MendrecError("wallet.wrong_chain", "no"));
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    expect(s.session.state()).toMatchObject({ phase: "wrong_network", chainId: 7 });
    await s.session.switchNetwork();
    expect(s.wallet.switchChain).toHaveBeenCalledWith(7);
    expect(s.session.state().phase).toBe("ready");
  });

  it("stays with the closed key where the signature is refused", async () => {
    const refusal = new MendrecError("wallet.refused", "no");
    s.vault.resume.mockResolvedValue(false);
    s.doings.unlock.mockRejectedValueOnce(refusal);
    await s.session.start();
    await s.session.chooseWallet(s.choice);
    await s.session.unlock();
    expect(s.session.state()).toMatchObject({ phase: "locked", error: refusal });
  });

  it("begins anew where the node did not answer", async () => {
    s.doings.readNode.mockRejectedValueOnce(new MendrecError("unavailable.node", "no"));
    await s.session.start();
    expect(s.session.state().phase).toBe("unreachable");
    await s.session.start();
    expect(s.session.state().phase).toBe("choosing");
  });

  it("drops what comes back after the person chose otherwise", async () => {
    let answer: (session: ReturnType<typeof signed>) => void = () => undefined;
    s.doings.signIn.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    await s.session.start();
    const first = s.session.chooseWallet(s.choice);
    await vi.waitFor(() => expect(s.session.state().phase).toBe("signing_in"));
    await s.session.signOut();
    answer(signed(account));
    await first;
    expect(s.session.state().phase).toBe("choosing");
    expect(s.doings.signIn.mock.lastCall?.[2].aborted).toBe(true);
    expect(s.doings.signOut).toHaveBeenCalledTimes(1); // the session that was opened all the same
    expect(s.doings.tellTabs).not.toHaveBeenCalledWith(account);
  });

  it("ends a session before it opens the next, however fast the person is", async () => {
    await atWork();
    const order: string[] = [];
    let end: () => void = () => undefined;
    s.doings.signOut.mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => (end = resolve));
      order.push("out");
    });
    s.doings.signIn.mockImplementationOnce(async (by) => {
      order.push("in");
      return signed(by.account);
    });
    const leaving = s.session.signOut();
    const coming = s.session.chooseWallet(s.choice);
    await vi.waitFor(() => expect(s.doings.signOut).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve));
    end();
    await Promise.all([leaving, coming]);
    expect(order).toEqual(["out", "in"]);
    expect(s.session.state().phase).toBe("ready");
  });

  it("signs in anew where the session turns out to be another person's by now", async () => {
    s.doings.currentSession.mockResolvedValue(signed(account));
    await s.session.start();
    s.doings.readMe.mockRejectedValueOnce(new MendrecError("refused.sign_in_needed", "no"));
    await s.session.chooseWallet(s.choice);
    expect(s.session.state()).toMatchObject({ phase: "choosing", account: null });
    await s.session.chooseWallet(s.choice);
    expect(s.doings.signIn).toHaveBeenCalledTimes(1);
    expect(s.session.state().phase).toBe("ready");
  });
});

describe("at work", () => {
  it("signs out and forgets the key when the wallet's account changes", async () => {
    await atWork();
    s.say("account");
    await vi.waitFor(() => expect(s.doings.signOut).toHaveBeenCalled());
    expect(s.session.state()).toMatchObject({ phase: "choosing", notice: "account_changed", account: null });
    expect(s.doings.lockVault).toHaveBeenCalled();
  });

  it("says that the network changed, and that it is right again", async () => {
    await atWork();
    s.wallet.chainId.mockResolvedValueOnce(1);
    s.say("chain");
    await vi.waitFor(() => expect(s.session.state()).toMatchObject({ phase: "ready", trouble: "network" }));
    s.say("chain");
    await vi.waitFor(() => expect(s.session.state()).toMatchObject({ phase: "ready", trouble: null }));
  });

  it("keeps the page when the session is over, and goes on with one signature", async () => {
    await atWork();
    s.session.noticeError(new MendrecError("refused.access", "no"));
    expect(s.session.state()).toMatchObject({ isOver: false });
    s.session.noticeError(new MendrecError("refused.sign_in_needed", "no"));
    expect(s.session.state()).toMatchObject({ phase: "ready", isOver: true });
    s.doings.signIn.mockRejectedValueOnce(new MendrecError("wallet.refused", "no"));
    await s.session.renew();
    expect(s.session.state()).toMatchObject({ phase: "ready", isOver: true, error: { code: "wallet.refused" } });
    await s.session.renew();
    expect(s.session.state()).toMatchObject({ phase: "ready", isOver: false, error: null });
  });

  it("signs out here though the node does not answer, and tells the other tabs", async () => {
    await atWork();
    s.doings.signOut.mockRejectedValueOnce(new MendrecError("unavailable.node", "no"));
    await s.session.signOut();
    expect(s.session.state().phase).toBe("choosing");
    expect(s.doings.lockVault).toHaveBeenCalled();
    expect(s.doings.tellTabs.mock.calls).toEqual([[account], [null]]);
    expect(s.doings.forgetLooks).toHaveBeenCalledTimes(1);
    expect(s.session.state()).toMatchObject({ remains: { session: true, key: false } });
  });

  it("follows a sign-out of another tab without asking the node", async () => {
    await atWork();
    s.elsewhere(null);
    expect(s.session.state()).toMatchObject({ phase: "choosing", notice: "signed_out_elsewhere" });
    expect(s.doings.signOut).not.toHaveBeenCalled();
  });

  it("leaves when the node says that the session is another person's, and ends nothing of theirs", async () => {
    await atWork();
    s.session.noticeError(new MendrecError("refused.session.other_person", "no"));
    expect(s.session.state()).toMatchObject({ phase: "choosing", notice: "signed_out_elsewhere", account: null });
    expect(s.doings.forgetVault).toHaveBeenCalledTimes(1);
    expect(s.doings.lockVault).not.toHaveBeenCalled();
    expect(s.doings.signOut).not.toHaveBeenCalled();
  });

  it("leaves when another tab signs in as somebody else, and locks nothing there", async () => {
    await atWork();
    s.elsewhere(account);
    expect(s.session.state().phase).toBe("ready");
    s.elsewhere(other);
    expect(s.session.state()).toMatchObject({ phase: "choosing", notice: "signed_out_elsewhere" });
    expect(s.doings.forgetVault).toHaveBeenCalledTimes(1);
    expect(s.doings.lockVault).not.toHaveBeenCalled();
    expect(s.doings.signOut).not.toHaveBeenCalled();
  });

  it("tells the other tabs when the wallet's account changes", async () => {
    await atWork();
    s.say("account");
    await vi.waitFor(() => expect(s.doings.tellTabs).toHaveBeenLastCalledWith(null));
  });

  it("shows how to open the key again where another tab has locked it", async () => {
    await atWork();
    const locked = new MendrecError("refused.vault_locked", "no");
    s.vault.recipient.mockResolvedValueOnce("age1x");
    s.session.noticeError(locked); // told late: it is open again
    await new Promise((resolve) => setTimeout(resolve));
    expect(s.session.state().phase).toBe("ready");
    expect(s.vault.resume).toHaveBeenCalledTimes(1); // on coming in
    s.vault.resume.mockResolvedValueOnce(false);
    s.session.noticeError(locked);
    s.session.noticeError(locked);
    await vi.waitFor(() => expect(s.session.state()).toMatchObject({ phase: "locked", way: "sign", error: null }));
    await s.session.unlock();
    expect(s.session.state().phase).toBe("ready");
  });

  it("goes on by itself where the browser still keeps the key", async () => {
    await atWork();
    s.session.noticeError(new MendrecError("refused.vault_locked", "no"));
    await vi.waitFor(() => expect(s.vault.resume).toHaveBeenCalledTimes(2));
    await vi.waitFor(() => expect(s.session.state().phase).toBe("ready"));
  });
});

describe("what could not be taken away of whoever left", () => {
  const away = new MendrecError("unavailable.node", "no");

  it("is said, stays said, and is done when it is tried again", async () => {
    await atWork();
    s.doings.signOut.mockRejectedValueOnce(away);
    await s.session.signOut();
    s.choice.connect.mockRejectedValueOnce(new MendrecError("wallet.refused", "no"));
    await s.session.chooseWallet(s.choice);
    expect(s.session.state()).toMatchObject({ phase: "choosing", remains: { session: true } });
    s.doings.currentSession.mockResolvedValue(signed(account));
    s.doings.signOut.mockRejectedValueOnce(away);
    await s.session.completeLeaving();
    expect(s.session.state()).toMatchObject({ remains: { session: true } });
    await s.session.completeLeaving();
    expect(s.doings.signOut).toHaveBeenCalledTimes(3);
    expect(s.session.state()).toMatchObject({ remains: { session: false, key: false } });
    await s.session.completeLeaving();
    expect(s.doings.signOut).toHaveBeenCalledTimes(3);
  });

  it("is done at the next start before anything else, and nobody is taken up before it is", async () => {
    await atWork();
    s.doings.signOut.mockRejectedValue(away);
    await s.session.signOut();
    s.doings.currentSession.mockResolvedValue(signed(account));
    const first = s.reload();
    await first.start();
    expect(first.state()).toMatchObject({ phase: "choosing", account: null, remains: { session: true } });
    s.doings.signOut.mockReset();
    s.doings.signOut.mockImplementation(async () => void s.doings.currentSession.mockResolvedValue(null));
    const order = s.doings.readNode.mock.calls.length;
    s.doings.signOut.mockImplementationOnce(async () => {
      expect(s.doings.readNode).toHaveBeenCalledTimes(order);
      s.doings.currentSession.mockResolvedValue(null);
    });
    const second = s.reload();
    await second.start();
    expect(s.doings.signOut).toHaveBeenCalledTimes(1);
    expect(second.state()).toMatchObject({ phase: "choosing", remains: { session: false } });
  });

  it("is noted before the node is asked: a window closed meanwhile leaves it to the next one", async () => {
    await atWork();
    s.doings.signOut.mockImplementationOnce(() => new Promise(() => undefined));
    void s.session.signOut();
    await vi.waitFor(() => expect(s.doings.signOut).toHaveBeenCalled());
    s.doings.currentSession.mockResolvedValueOnce(signed(account));
    await s.reload().start();
    expect(s.doings.signOut).toHaveBeenCalledTimes(2);
  });

  it("is not another person's, nor of whoever signed in since", async () => {
    await atWork();
    s.doings.signOut.mockRejectedValueOnce(away);
    await s.session.signOut();
    s.doings.currentSession.mockResolvedValue(signed(other));
    await s.session.completeLeaving();
    expect(s.doings.signOut).toHaveBeenCalledTimes(1);
    s.doings.currentSession.mockResolvedValue(null);
    await s.session.chooseWallet(s.choice);
    s.doings.signOut.mockRejectedValueOnce(away);
    await s.session.signOut();
    s.elsewhere(account);
    expect(s.session.state()).toMatchObject({ remains: { session: false } });
    await s.session.chooseWallet(s.choice);
    s.doings.currentSession.mockResolvedValue(signed(account));
    await s.reload().start();
    expect(s.doings.signOut).toHaveBeenCalledTimes(2);
  });

  it("may be the key, which is tried again too", async () => {
    await atWork();
    s.doings.lockVault.mockRejectedValueOnce(new MendrecError("unavailable.vault", "no"));
    await s.session.signOut();
    expect(s.session.state()).toMatchObject({ remains: { session: false, key: true } });
    await s.reload().start();
    expect(s.doings.lockVault).toHaveBeenCalledTimes(2);
    await s.reload().start();
    expect(s.doings.lockVault).toHaveBeenCalledTimes(2);
  });

  it("may be a key of whom the page knows no session", async () => {
    await s.session.start();
    s.doings.lockVault.mockRejectedValueOnce(new MendrecError("unavailable.vault", "no"));
    await s.session.signOut();
    expect(s.session.state()).toMatchObject({ remains: { key: true } });
    await s.session.completeLeaving();
    expect(s.doings.lockVault).toHaveBeenCalledTimes(2);
    expect(s.session.state()).toMatchObject({ remains: { key: false } });
  });

  it("may be a session that was opened while the person left", async () => {
    await s.session.start();
    s.doings.signIn.mockImplementationOnce(async (_by, _to, going) => {
      void s.session.signOut();
      expect(going.aborted).toBe(true);
      throw away;
    });
    await s.session.chooseWallet(s.choice);
    s.doings.currentSession.mockResolvedValueOnce(signed(account));
    await s.reload().start();
    expect(s.doings.signOut).toHaveBeenCalledTimes(1);
  });
});
