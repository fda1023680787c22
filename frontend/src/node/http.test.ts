import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { allPages, type Fetch, openHttp } from "./http.ts";
import { path } from "./path.ts";

const Told = z.object({ word: z.string() });

function over(answer: Response | Error | (() => Promise<Response>)) {
  const fetch = vi.fn<Fetch>(async () => {
    if (answer instanceof Error) {
      throw answer;
    }
    return typeof answer === "function" ? await answer() : answer;
  });
  return { http: openHttp({ fetch }), fetch };
}
const json = (body: unknown, init?: ResponseInit) => new Response(JSON.stringify(body), init);

afterEach(() => vi.unstubAllGlobals());

describe("a request", () => {
  it("stays with the node, follows no redirect and tells no referrer", async () => {
    const { http, fetch } = over(json({ word: "hi" }));
    expect(await http.get("/v1/x", Told, { query: { a: ["1", "2"], b: null, c: "ä&" } })).toEqual({ word: "hi" });
    const [url, init] = fetch.mock.calls[0] ?? [];
    expect(url).toBe("/v1/x?a=1&a=2&c=%C3%A4%26");
    expect(init).toMatchObject({
      method: "GET",
      credentials: "same-origin",
      mode: "same-origin",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  });

  it("carries the CSRF token where it changes something, and a key where it has one", async () => {
    const { http, fetch } = over(async () => json({ word: "x" }));
    http.setCsrfToken("t");
    await http.get("/v1/x", Told);
    await http.post("/v1/x", Told, { a: 1 }, { idempotencyKey: "k" });
    const headers = fetch.mock.calls.map(([, init]) => new Headers(init.headers));
    expect(headers.map((one) => one.get("X-CSRF-Token"))).toEqual([null, "t"]);
    expect(headers[1]?.get("Idempotency-Key")).toBe("k");
    expect(fetch.mock.calls[1]?.[1].body).toBe('{"a":1}');
  });

  it("can't be led to another path by a value", () => {
    expect(path`/v1/people/${"../me?x#y"}`).toBe("/v1/people/..%2Fme%3Fx%23y");
    expect(() => path`/v1/people/${".."}`).toThrow(expect.objectContaining({ code: "input.invalid" }));
    expect(() => path`/v1/people/${""}`).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });
});

describe("an error", () => {
  it("is the node's, with its request", async () => {
    const body = { code: "refused.Consent.Expired", message: "It\u0007 is over.", remedy: "Ask.", request_id: "r" };
    const { http } = over(json(body, { status: 403 }));
    await expect(http.get("/v1/x", Told, { query: { secret: "word" } })).rejects.toMatchObject({
      name: "MendrecError",
      code: "refused.Consent.Expired",
      message: "It  is over.",
      remedy: "Ask.",
      requestId: "r",
      details: { contract: "Consent", name: "Expired", status: 403 },
    });
  });

  it.each([
    [401, { code: "unauthenticated", message: "m" }, "refused.sign_in_needed"],
    [401, null, "refused.sign_in_needed"],
    [404, "not json", "not_found"],
    [429, null, "unavailable"],
    [502, "<html>", "unavailable"],
    [400, {}, "input.invalid"],
    [409, { code: "conflict.safe" }, "conflict.safe"],
  ])("of status %i with %j is %s", async (status, body, code) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    await expect(over(new Response(text, { status })).http.get("/v1/x", Told)).rejects.toMatchObject({ code });
  });

  it.each([
    ["7", 7],
    ["soon", undefined],
  ])("says when to ask again: %s", async (header, seconds) => {
    const { http } = over(json({ code: "unavailable" }, { status: 503, headers: { "Retry-After": header } }));
    const error = await http.get("/v1/x", Told).catch((thrown: unknown) => thrown);
    expect((error as { details: Record<string, unknown> }).details.retry_after_s).toBe(seconds);
  });

  it("never holds the query", async () => {
    const { http } = over(new TypeError("fetch failed: /v1/x?secret=word"));
    const error = await http.get("/v1/x", Told, { query: { secret: "word" } }).catch((thrown: unknown) => thrown);
    const { message, remedy, details } = error as { message: string; remedy: string; details: unknown };
    expect(JSON.stringify({ message, remedy, details })).not.toContain("word");
  });

  it("of the network is `unavailable.node`, without a network `offline`", async () => {
    const { http } = over(new TypeError("failed"));
    await expect(http.get("/v1/x", Told)).rejects.toMatchObject({ code: "unavailable.node" });
    vi.stubGlobal("navigator", { onLine: false });
    await expect(http.get("/v1/x", Told)).rejects.toMatchObject({ code: "offline" });
  });

  it("is `cancelled` where the caller stopped, before and meanwhile", async () => {
    const { http, fetch } = over(() => new Promise((_, reject) => setTimeout(() => reject(new Error("aborted")), 20)));
    await expect(http.get("/v1/x", Told, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
    expect(fetch).not.toHaveBeenCalled();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 5);
    await expect(http.get("/v1/x", Told, { signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
  });

  it("is told of answers of another shape, of none, and of endless ones", async () => {
    await expect(over(json({ word: 5 })).http.get("/v1/x", Told)).rejects.toMatchObject({ code: "verification.node" });
    await expect(over(new Response("<html>")).http.get("/v1/x", Told)).rejects.toMatchObject({
      code: "unavailable.node",
    });
    const piece = new Uint8Array(1024 ** 2);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(piece) });
    await expect(over(new Response(endless)).http.get("/v1/x", Told)).rejects.toMatchObject({
      code: "verification.node",
      message: "The node sent more than any answer is long.",
    });
  });
});

describe("a token that is not the session's any more", () => {
  const SESSION = {
    session_id: "5e".repeat(16),
    person: `0x${"1".repeat(40)}`,
    in_cookie: true,
    created_at: 1,
    last_used_at: 1,
    expires_at: 2,
    idle_s: 1,
    current: true,
  };
  function renewing(fresh: string) {
    const asked: string[] = [];
    const fetch: Fetch = async (url, init) => {
      asked.push(`${init.method} ${url}`);
      if (url === "/v1/sessions/current") return json({ session: SESSION, csrf_token: fresh });
      const isGood = new Headers(init.headers).get("X-CSRF-Token") === "new";
      return isGood ? json({ word: "done" }) : json({ code: "refused.csrf" }, { status: 403 });
    };
    const http = openHttp({ fetch });
    http.setCsrfToken("old");
    return { http, asked };
  }
  const post = (http: ReturnType<typeof openHttp>, asking = {}) => http.post("/v1/x", Told, { a: 1 }, asking);

  it.each([{ idempotencyKey: "k" }, {}])("is taken anew once, and it is sent again: %j", async (asking) => {
    const { http, asked } = renewing("new");
    expect(await post(http, asking)).toEqual({ word: "done" });
    expect(asked).toEqual(["POST /v1/x", "GET /v1/sessions/current", "POST /v1/x"]);
    expect(http.csrfToken()).toBe("new");
  });

  it("is taken up where somebody signed in in another tab before this page had one", async () => {
    const { http, asked } = renewing("new");
    http.setCsrfToken(null);
    expect(await post(http)).toEqual({ word: "done" });
    expect(asked).toHaveLength(3);
  });

  it("keeps nobody from what is put or taken away", async () => {
    const put = renewing("new");
    expect(await put.http.put("/v1/x", Told, { a: 1 })).toEqual({ word: "done" });
    const taken = renewing("new");
    await taken.http.delete("/v1/x");
    expect(taken.asked).toEqual(["DELETE /v1/x", "GET /v1/sessions/current", "DELETE /v1/x"]);
  });

  it.each([
    ["a token that is the same", "old", 1],
    ["a token that does not do either", "other", 2],
  ])("is no reason to send again: %s", async (_what, fresh, sent) => {
    const { http, asked } = renewing(fresh);
    await expect(post(http)).rejects.toMatchObject({ code: "refused.csrf" });
    expect(asked.filter((one) => one === "POST /v1/x")).toHaveLength(sent);
  });
});

describe("what is left unread of an answer", () => {
  it.each([200, 503])("is not fetched: who stops does not wait for it (%i)", async (status) => {
    const cancel = vi.fn();
    const stop = new AbortController();
    const dripping = new ReadableStream({ start: (to) => to.enqueue(new Uint8Array([123])), cancel });
    const { http } = over(new Response(dripping, { status }));
    const asked = http.get("/v1/x", Told, { signal: stop.signal });
    setTimeout(() => stop.abort());
    await expect(asked).rejects.toMatchObject({ code: "cancelled" });
    expect(cancel).toHaveBeenCalledTimes(1);
  });
});

describe("pages", () => {
  it("are put together, in order", async () => {
    const pages = new Map<string | null, { items: number[]; next_cursor: string | null }>([
      [null, { items: [1, 2], next_cursor: "a" }],
      ["a", { items: [], next_cursor: "b" }],
      ["b", { items: [3], next_cursor: null }],
    ]);
    expect(await allPages(async (cursor) => pages.get(cursor) ?? { items: [], next_cursor: null })).toEqual([1, 2, 3]);
  });

  it("that come to no end are a lie, though no cursor comes twice", async () => {
    let at = 0;
    const endless = allPages(async () => ({ items: [], next_cursor: String(at++) }));
    await expect(endless).rejects.toMatchObject({ code: "verification.node" });
    expect(at).toBe(2_000);
  });

  it("that lead round in a circle are a lie", async () => {
    const round = allPages(async (cursor) => ({ items: [1], next_cursor: cursor === "a" ? "b" : "a" }));
    await expect(round).rejects.toMatchObject({ code: "verification.node" });
  });
});
