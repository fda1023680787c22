import { describe, expect, it } from "vitest";
import { connectWallet } from "../wallet/eip1193.ts";
import { mockProvider } from "../wallet/testing/mockProvider.ts";
import { currentSession } from "./currentSession.ts";
import { openClient } from "./openClient.ts";
import { readNode } from "./readNode.ts";
import { signIn } from "./signIn.ts";
import { signOut } from "./signOut.ts";
import {
  ACCOUNT,
  type Asked,
  KEY,
  keptInMemory,
  ORIGIN,
  OTHER,
  refusal,
  scriptedNode,
} from "./testing/scriptedNode.ts";
import { meetNode } from "./trust.ts";

const NONCE = {
  nonce: "abcdefgh12345678",
  expires_at: 2_000_000_000,
  domain: ORIGIN.host,
  uri: ORIGIN.origin,
  chain_id: 31337,
  version: "1",
};
const SESSION = {
  session_id: "0".repeat(32),
  person: ACCOUNT,
  in_cookie: true,
  created_at: 1,
  last_used_at: 1,
  expires_at: 2_000_000_000,
  idle_s: 900,
  current: true,
};

async function parts(change: Record<string, unknown> = {}, session: Record<string, unknown> = {}) {
  const node = scriptedNode();
  node.answers.set("POST /v1/sign-in/nonce", { ...NONCE, ...change });
  node.answers.set("POST /v1/sessions", { session: { ...SESSION, ...session }, token: null, csrf_token: "csrf" });
  const provider = mockProvider(KEY);
  const wallet = await connectWallet(provider, { id: "test", name: "Test" });
  const trust = meetNode(await readNode(node.http), { kept: keptInMemory() });
  return { node, provider, wallet, trust, asked: { http: node.http, wallet, trust, site: ORIGIN } };
}

describe("signing in", () => {
  it("signs one plain message for this site, and keeps the CSRF token", async () => {
    const { node, asked } = await parts();
    expect(await signIn(asked)).toEqual({
      account: ACCOUNT,
      sessionId: SESSION.session_id,
      expiresAt: SESSION.expires_at,
    });
    const sent = node.asked.at(-1)?.body as { message: string; signature: string; cookie: boolean };
    expect(sent.cookie).toBe(true);
    expect(sent.signature).toMatch(/^0x[0-9a-f]{130}$/);
    expect(sent.message).toMatch(/^node\.example wants you to sign in with your Ethereum account:\n0x/);
    expect(sent.message).toMatch(/^[ -~\n]{1,1024}$/);
    expect(node.http.csrfToken()).toBe("csrf");
  });

  it.each([
    ["another site", { domain: "elsewhere.example" }],
    ["another address of the site", { uri: "https://elsewhere.example" }],
    ["another chain", { chain_id: 1 }],
    ["a nonce that is none", { nonce: "a b\nURI: x" }],
  ])("for %s is not asked of the wallet", async (_, change) => {
    const { asked, provider } = await parts(change);
    await expect(signIn(asked)).rejects.toMatchObject({ code: "verification.node" });
    expect(provider.asked.map(({ method }) => method)).not.toContain("personal_sign");
  });

  it.each([
    ["somebody else's", { person: OTHER }],
    ["no cookie's", { in_cookie: false }],
  ])("does not take %s session", async (_, session) => {
    const { asked, node } = await parts({}, session);
    await expect(signIn(asked)).rejects.toMatchObject({ code: "verification.node" });
    expect(node.http.csrfToken()).toBeNull();
  });

  it("is refused in the node's words", async () => {
    const { asked, node } = await parts();
    node.answers.set("POST /v1/sessions", refusal(403, "refused.sign_in.not_in_time"));
    await expect(signIn(asked)).rejects.toMatchObject({ code: "refused.sign_in.not_in_time" });
  });

  it("leaves no session open where the person left while the node opened one", async () => {
    const { asked, node } = await parts();
    const leaving = new AbortController();
    const ended: (string | null)[] = [];
    node.answers.set("POST /v1/sessions", ({ signal }: Asked) => {
      leaving.abort();
      expect(signal.aborted).toBe(false);
      return { session: SESSION, token: null, csrf_token: "csrf" };
    });
    node.answers.set("DELETE /v1/sessions/current", ({ headers }: Asked) => {
      ended.push(headers.get("X-CSRF-Token"));
      return new Response(null, { status: 204 });
    });
    await expect(signIn({ ...asked, signal: leaving.signal })).rejects.toMatchObject({ code: "cancelled" });
    expect([ended, node.http.csrfToken()]).toEqual([["csrf"], null]);
  });

  it("says so where that session could not be ended", async () => {
    const { asked, node } = await parts();
    const leaving = new AbortController();
    node.answers.set("POST /v1/sessions", () => {
      leaving.abort();
      return { session: SESSION, token: null, csrf_token: "csrf" };
    });
    node.answers.set("DELETE /v1/sessions/current", refusal(503, "unavailable.node"));
    await expect(signIn({ ...asked, signal: leaving.signal })).rejects.toMatchObject({ code: "unavailable.node" });
  });

  it("opens nothing where the wallet answers after the person left", async () => {
    const { asked, node } = await parts();
    const leaving = new AbortController();
    const wallet = {
      ...asked.wallet,
      signMessage: async (text: string) => {
        leaving.abort();
        return await asked.wallet.signMessage(text);
      },
    };
    await expect(signIn({ ...asked, wallet, signal: leaving.signal })).rejects.toMatchObject({ code: "cancelled" });
    expect(node.asked.map(({ path }) => path)).not.toContain("/v1/sessions");
  });

  it("waits for no wallet that is on another chain", async () => {
    const { asked, provider } = await parts();
    provider.chain = 5;
    await expect(signIn(asked)).rejects.toMatchObject({ code: "wallet.wrong_chain" });
  });
});

describe("a session", () => {
  it("is taken up after a reload, and is none where it is over", async () => {
    const { node } = await parts();
    node.answers.set("GET /v1/sessions/current", { session: SESSION, csrf_token: "again" });
    expect((await currentSession(node.http))?.account).toBe(ACCOUNT);
    expect(node.http.csrfToken()).toBe("again");
    node.answers.set("GET /v1/sessions/current", refusal(401, "unauthenticated"));
    expect(await currentSession(node.http)).toBeNull();
  });

  it("is whose every request says it is, from signing in or taking it up to its end", async () => {
    const { asked, node } = await parts();
    const said = () => node.asked.map(({ path, headers }) => [path, headers.get("X-Mendrec-Person")]);
    node.answers.set("POST /v1/sessions", { session: SESSION, token: null, csrf_token: "csrf" });
    await signIn(asked);
    node.answers.set("DELETE /v1/sessions/current", refusal(409, "refused.session.other_person"));
    node.asked.length = 0;
    await signOut(node.http);
    node.answers.set("GET /v1/sessions/current", { session: SESSION, csrf_token: "again" });
    await currentSession(node.http);
    await node.http.delete("/v1/x").catch(() => undefined);
    await currentSession(node.http);
    expect(said()).toEqual([
      ["/v1/sessions/current", ACCOUNT],
      ["/v1/sessions/current", null],
      ["/v1/x", ACCOUNT],
      ["/v1/sessions/current", null],
    ]);
  });

  it("ends, also where it was over", async () => {
    const { node } = await parts();
    node.http.setCsrfToken("t");
    const seen: (string | null)[] = [];
    node.answers.set("DELETE /v1/sessions/current", ({ headers }: Asked) => {
      seen.push(headers.get("X-CSRF-Token"));
      return new Response(null, { status: 204 });
    });
    await signOut(node.http);
    node.answers.set("DELETE /v1/sessions/current", refusal(401, "unauthenticated"));
    await signOut(node.http);
    expect([seen, node.http.csrfToken()]).toEqual([["t"], null]);
  });

  it("is no client for another account's wallet", async () => {
    const { node, wallet, trust } = await parts();
    const session = { account: OTHER, sessionId: "", expiresAt: 0 } as const;
    const open = () => openClient({ http: node.http, wallet, trust, session, vault: {} as never });
    expect(open).toThrow(expect.objectContaining({ code: "wallet.wrong_account" }));
  });
});
