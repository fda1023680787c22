import { encodeAbiParameters, keccak256 } from "viem";
import { describe, expect, it } from "vitest";
import { mayHappen } from "../core/mayHappen.ts";
import { ACCESS_REQUEST, keccakOfTag } from "../core/tags.ts";
import type { AccessRequestAnswered, RelayedActAnswered } from "../generated/api/types.gen.ts";
import { en } from "../i18n/en.ts";
import { wordsOf } from "../i18n/errorWords.ts";
import { ko } from "../i18n/ko.ts";
import { approve } from "./approve.ts";
import { doAct } from "./doAct.ts";
import { enrolClinician } from "./enrolClinician.ts";
import { grant } from "./grant.ts";
import { mendPaths } from "./mendPaths.ts";
import { revoke } from "./revoke.ts";
import { ACCOUNT, type Asked, OTHER, refusal, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";
import { waitForAct } from "./waitForAct.ts";

const GRANT = {
  grantee: OTHER,
  categories: ["laboratory", "imaging"],
  rights: ["READ"],
  fromAt: 1_800_000_000,
  untilAt: 1_900_000_000,
  purpose: "TREAT",
} as const;

describe("an act", () => {
  it("goes from asking to a block, step by step, with one signature", async () => {
    const node = scriptedNode();
    const { client, provider } = await scriptedClient(node);
    const steps: string[] = [];
    const done = await grant(client, { ...GRANT, onStep: (step) => steps.push(step) });
    expect(done.state).toBe("mined");
    expect(steps).toEqual(["prepare", "sign", "sent", "mined"]);
    expect(provider.asked.filter(({ method }) => method === "eth_signTypedData_v4")).toHaveLength(1);
    const sent = node.asked.find(({ method, path }) => method === "POST" && path === "/v1/acts");
    expect(sent?.headers.get("Idempotency-Key")).toBe(done.act_id_hex);
    expect(sent?.body).toMatchObject({ contract: "Consent", function: "grantBySig", nonce: 3 });
  });

  it("of every other kind is asked for in the node's words", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const asked = () => node.asked.filter(({ path }) => path.endsWith("/preparations")).at(-1)?.body;
    await revoke(client, { grantee: OTHER, categories: ["imaging"] });
    expect(asked()).toEqual({ kind: "revoke", params: { grantee: OTHER, categories: ["imaging"] } });
    await mendPaths(client, { entries: [{ patient: OTHER, sequence: 4 }], toLocation: 2, reason: "MISSING" });
    expect(asked()).toEqual({
      kind: "mend_paths",
      params: { entries: [{ patient: OTHER, sequence: 4 }], to_location: 2, reason: "MISSING" },
    });
    await enrolClinician(client, {
      recipient: "age1pyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq8r66x",
      verifier: OTHER,
      verifierSignatureHex: "ab".repeat(65),
      credential: { institution: OTHER, licenceCommitmentHex: "cd".repeat(32), issuedAt: 1, expiresAt: 2 },
    });
    expect(asked()).toMatchObject({ params: { credential: { clinician: ACCOUNT, issued_at: 1, expires_at: 2 } } });
  });

  it.each<[string, (prepared: Record<string, unknown>) => Record<string, unknown>]>([
    ["another grantee", (one) => changed(one, (text) => text.replaceAll(OTHER, ACCOUNT))],
    ["other rights", (one) => changed(one, (text) => text.replaceAll('"READ"', '"READ, SHARE"'))],
    [
      "another contract",
      (one) => changed(one, (text) => text.replaceAll("0x7dD486fdB7512978A760Fc91358F20cadbbA511A", OTHER)),
    ],
    ["another chain", (one) => changed(one, (text) => text.replaceAll("31337", "1"))],
    ["another function", (one) => ({ ...one, function: "revokeBySig" })],
    ["another kind", (one) => ({ ...one, kind: "revoke" })],
    ["an endless deadline", (one) => ({ ...one, deadline_at: Number(one.deadline_at) + 10 ** 9 })],
  ])("for which the node prepares %s is never signed", async (_, tamper) => {
    const node = scriptedNode();
    const { client, provider } = await scriptedClient(node);
    node.tamper = tamper;
    await expect(grant(client, GRANT)).rejects.toMatchObject({ code: "verification.node.prepared" });
    expect(provider.asked.map(({ method }) => method)).not.toContain("eth_signTypedData_v4");
  });

  it("that the node takes on as another one is told", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const relay = node.answers.get("POST /v1/acts") as (asked: unknown) => object;
    node.answers.set("POST /v1/acts", (asked: unknown) => ({ ...relay(asked), act_id_hex: "0".repeat(64) }));
    const error = await grant(client, GRANT).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "verification.node" });
    // "Nothing was signed and nothing was sent" is not true any more.
    expect(mayHappen(error)).toBe(true);
    expect(wordsOf(error, en).remedy).toBe(en.errors.mayHappen);
  });

  it.each([
    ["refuses", "wallet.refused"],
    ["isLocked", "wallet.locked"],
    ["isBusy", "wallet.busy"],
  ] as const)("that the wallet %s is not sent", async (name, code) => {
    const node = scriptedNode();
    const { client, provider } = await scriptedClient(node);
    provider.switches[name] = true;
    await expect(grant(client, GRANT)).rejects.toMatchObject({ code });
    expect(node.asked.filter(({ method, path }) => method === "POST" && path === "/v1/acts")).toHaveLength(0);
  });

  it("on another chain than the node's is not even prepared", async () => {
    const node = scriptedNode();
    const { client, provider } = await scriptedClient(node);
    provider.chain = 1;
    await expect(grant(client, GRANT)).rejects.toMatchObject({ code: "wallet.wrong_chain" });
    expect(node.asked).toHaveLength(0);
  });

  it("that the contract refuses says why, before and after it was sent", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const relay = node.answers.get("POST /v1/acts");
    node.answers.set("POST /v1/acts", refusal(403, "refused.Consent.NotGrantable"));
    await expect(grant(client, GRANT)).rejects.toMatchObject({
      code: "refused.Consent.NotGrantable",
      details: { contract: "Consent", name: "NotGrantable" },
    });
    node.answers.set("POST /v1/acts", relay);
    const failure = { contract: "Consent", name: "Expired", message: "It is over.", remedy: "Anew." };
    node.answers.set("GET /v1/acts/*", ({ path }: { path: string }) => ({
      ...node.acts.get(path.split("/").at(-1) ?? ""),
      state: "failed",
      failure,
    }));
    await expect(grant(client, GRANT)).rejects.toMatchObject({
      code: "refused.Consent.Expired",
      message: "It is over.",
    });
  });

  it("is sent again while the node is away, and is the same act", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const relay = node.answers.get("POST /v1/acts") as (asked: unknown) => unknown;
    let left = 2;
    node.answers.set("POST /v1/acts", (asked: unknown) => {
      left -= 1;
      return left >= 0 ? refusal(503, "unavailable.chain", { "Retry-After": "0" }) : relay(asked);
    });
    expect((await grant(client, GRANT)).state).toBe("mined");
    const sent = node.asked.filter(({ method, path }) => method === "POST" && path === "/v1/acts");
    expect(new Set(sent.map(({ headers }) => headers.get("Idempotency-Key"))).size).toBe(1);
    expect(sent).toHaveLength(3);
  });

  it.each([
    ["the session is over", refusal(401, "unauthenticated"), "refused.sign_in_needed"],
    ["somebody else has signed in", refusal(409, "refused.session.other_person"), "refused.session.other_person"],
    ["the node is away", refusal(503, "unavailable.chain", { "Retry-After": "0" }), "unavailable.chain"],
    ["the node answers nonsense", new Response("{}"), "verification.node"],
  ])("that was handed over may happen where %s afterwards", async (_, answer, code) => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    node.answers.set("GET /v1/acts/*", () => answer.clone());
    const error = await failed(grant(client, GRANT));
    expect(error).toMatchObject({ code });
    expect([mayHappen(error), node.acts.size]).toEqual([true, 1]);
    expect(wordsOf(error, ko).remedy).toBe(ko.errors.mayHappen);
  });

  it("that is stopped while it is handed over may happen, and is handed over", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const relay = node.answers.get("POST /v1/acts") as (asked: Asked) => unknown;
    const stop = new AbortController();
    const steps: string[] = [];
    let given: AbortSignal | null = null;
    node.answers.set("POST /v1/acts", (asked: Asked) => {
      stop.abort();
      given = asked.signal;
      return relay(asked);
    });
    const error = await failed(grant(client, { ...GRANT, signal: stop.signal, onStep: (step) => steps.push(step) }));
    expect(error).toMatchObject({ code: "cancelled" });
    expect([mayHappen(error), steps.at(-1)]).toEqual([true, "sent"]);
    expect(wordsOf(error, en).remedy).toBe(en.errors.mayHappen);
    expect((given as AbortSignal | null)?.aborted).toBe(false);
  });

  it.each([
    [401, "unauthenticated"],
    [403, "refused.Consent.NotGrantable"],
    [422, "input.invalid"],
  ])("that the node refuses to take (%s %s) has not happened", async (status, code) => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    node.answers.set("POST /v1/acts", refusal(status, code));
    expect(mayHappen(await failed(grant(client, GRANT)))).toBe(false);
  });

  it("that was refused only after an answer was lost may happen; by the contract's word it does not", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const lost = refusal(503, "unavailable.chain", { "Retry-After": "0" });
    for (const [status, code, open] of [
      [401, "unauthenticated", true],
      [403, "refused.Consent.BadNonce", false],
    ] as const) {
      const answers = [lost.clone(), refusal(status, code)];
      node.answers.set("POST /v1/acts", () => answers.shift());
      expect(mayHappen(await failed(grant(client, GRANT)))).toBe(open);
    }
  });

  it("that is stopped while the wallet waits is not sent when the wallet answers after all", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const stop = new AbortController();
    const onStep = (step: string) => step === "sign" && stop.abort();
    await expect(grant(client, { ...GRANT, onStep, signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(node.acts.size).toBe(0);
  });

  it("that is stopped waits for no wallet that never answers", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const silent = {
      ...client,
      wallet: { ...client.wallet, signTypedData: () => new Promise<never>(() => undefined) },
    };
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    await expect(grant(silent, { ...GRANT, signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
  });

  it("is looked for again where the allowance is used up for now", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const { act_id_hex: actIdHex } = await grant(client, GRANT);
    let left = 2;
    node.answers.set("GET /v1/acts/*", () => {
      left -= 1;
      return left >= 0 ? refusal(429, "refused.too_many_requests", { "Retry-After": "0" }) : node.acts.get(actIdHex);
    });
    expect((await waitForAct(client, { actIdHex })).state).toBe("mined");
  });

  it("that does not come into a block in time says that it still will", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const { act_id_hex: actIdHex } = await grant(client, GRANT);
    node.acts.set(actIdHex, { ...node.acts.get(actIdHex), state: "sent" } as RelayedActAnswered);
    await expect(waitForAct(client, { actIdHex, timeoutMs: 200 })).rejects.toMatchObject({
      code: "unavailable.act_pending",
    });
  });

  it("does what has to be done between signature and sending, and stops where that fails", async () => {
    const node = scriptedNode();
    const { client } = await scriptedClient(node);
    const beforeSending = async () => {
      throw new Error("no");
    };
    await expect(
      doAct(client, { kind: "revoke", params: { grantee: OTHER, categories: ["imaging"] }, beforeSending }),
    ).rejects.toThrow("no");
    expect(node.acts.size).toBe(0);
  });
});

describe("an answer to a request", () => {
  const request = askedFor({ rights: ["READ"] });

  it("is for what was shown", async () => {
    const node = scriptedNode({ request });
    const { client } = await scriptedClient(node);
    expect((await approve(client, { request })).function).toBe("approveBySig");
  });

  it("is not signed where what was shown is not what the request asks for", async () => {
    const node = scriptedNode({ request });
    const { client, provider } = await scriptedClient(node);
    const shown: AccessRequestAnswered = { ...request, rights: ["READ", "SHARE"] };
    await expect(approve(client, { request: shown })).rejects.toMatchObject({ code: "verification.node.prepared" });
    expect(provider.asked.map(({ method }) => method)).not.toContain("eth_signTypedData_v4");
  });
});

async function failed(act: Promise<unknown>): Promise<unknown> {
  return await act.then(
    () => null,
    (error: unknown) => error,
  );
}

function changed(prepared: Record<string, unknown>, change: (text: string) => string): Record<string, unknown> {
  return JSON.parse(change(JSON.stringify(prepared)));
}

function askedFor({ rights }: { rights: AccessRequestAnswered["rights"] }): AccessRequestAnswered {
  const terms = { rights: 1, from: 1_800_000_000, until: 1_900_000_000, purpose: 1 };
  const data = encodeAbiParameters(
    [
      { type: "bytes32" },
      { type: "address" },
      { type: "address" },
      { type: "uint16[]" },
      {
        type: "tuple",
        components: ["uint8", "uint40", "uint40", "uint8"].map((type, at) => ({ name: `m${at}`, type })),
      },
    ],
    [keccakOfTag(ACCESS_REQUEST), ACCOUNT, OTHER, [1], { m0: 1, m1: terms.from, m2: terms.until, m3: 1 }],
  );
  return {
    request_id_hex: keccak256(data).slice(2),
    patient: ACCOUNT,
    requester: OTHER,
    category_codes: ["laboratory"],
    rights,
    from_at: terms.from,
    until_at: terms.until,
    purpose: "TREAT",
    asked_at: 1,
    state: "pending",
  };
}
