import { afterEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { isCode } from "../core/errors.ts";
import { pieces } from "./nodeBody.ts";
import { NodeHttp } from "./nodeHttp.ts";

const Shape = z.object({ a: z.int() });

function http(answer: (request: RequestInit, path: string) => Response | Promise<Response>): NodeHttp {
  const from = async (path: string, init: RequestInit) => answer(init, path);
  return new NodeHttp(from as unknown as typeof fetch, async () => undefined);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return isCode(error, "") || (error instanceof Error && "code" in error)
    ? String((error as { code: string }).code)
    : "none";
}

describe("asking the node", () => {
  it("sends cookies to its own origin only, follows nothing, and says who it is where something changes", async () => {
    const seen: RequestInit[] = [];
    const node = http((init) => {
      seen.push(init);
      return Response.json({ a: 1 });
    });
    await node.json("POST", "/v1/uploads", Shape, { body: {}, csrfToken: "t", key: "k" });
    await node.json("POST", "/v1/release", Shape, { body: {}, anonymous: true });
    expect(seen[0]).toMatchObject({ credentials: "same-origin", redirect: "error", cache: "no-store" });
    expect(seen[0]?.headers).toMatchObject({ "X-CSRF-Token": "t", "Idempotency-Key": "k" });
    expect(seen[1]).toMatchObject({ credentials: "omit" });
  });

  it.each(["https://elsewhere.example/v1/node", "//elsewhere.example/v1/node", "/demo/rpc", "/v1/../demo", "/v1//x"])(
    "asks nothing at %s",
    async (path) => {
      let asked = false;
      const node = http(() => {
        asked = true;
        return Response.json({ a: 1 });
      });
      await node.json("GET", path, Shape).catch(() => undefined);
      expect(asked).toBe(false);
    },
  );

  it("tells errors in the node's own words, on one line, with the request's id", async () => {
    const body = { code: "refused.permission", message: "No\n\u202eright.", remedy: "Ask.", request_id: "r-1" };
    const error = await http(() => Response.json(body, { status: 403 }))
      .json("GET", "/v1/node", Shape)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "refused.permission", message: "No right.", requestId: "r-1" });
  });

  it.each([
    [() => new Response("<html>", { status: 502 }), "unavailable.node"],
    [() => Response.json({ code: "unauthenticated" }, { status: 401 }), "refused.sign_in_needed"],
    [() => Response.json({}, { status: 404 }), "not_found"],
    [() => Response.json({ a: "1" }), "verification.node"],
    [() => new Response("no json"), "verification.node"],
    [() => Promise.reject(new TypeError("line")), "unavailable.node"],
    [() => Response.json({ code: "refused.rate" }, { status: 429 }), "refused.rate"],
  ])("%s is %s", async (answer, code) => {
    expect(await codeOf(http(answer).json("GET", "/v1/node", Shape))).toBe(code);
  });

  it("stops a list without end, and an answer that is larger than asked for", async () => {
    const Page = z.object({ items: z.array(z.int()), next_cursor: z.nullable(z.string()) });
    const endless = http(() => Response.json({ items: [1], next_cursor: "same" }));
    const all = (async () => {
      for await (const _page of endless.pages("/v1/x", Page)) {
        // only the end counts
      }
    })();
    expect(await codeOf(all)).toBe("verification.node");
    expect(await codeOf(http(() => new Response(new Uint8Array(11))).bytes("/v1/x", 10))).toBe("verification.node");
  });

  it("tells by how much this device's clock is ahead", async () => {
    const Date_ = new Date(Date.now() - 120_000).toUTCString();
    const node = http(() => Response.json({ a: 1 }, { headers: { Date: Date_ } }));
    await node.json("GET", "/v1/node", Shape);
    expect(node.clockAheadS).toBeGreaterThanOrEqual(119);
  });

  it("reads a body that breaks off as a node that can't be reached", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new TypeError("line"));
      },
    });
    const read = (async () => {
      for await (const _piece of pieces(new Response(body), 10)) {
        // only the end counts
      }
    })();
    expect(await codeOf(read)).toBe("unavailable.node");
  });
});

/** The head of an answer and one byte; then nothing more, and no end. */
function stalled(): Response {
  return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) }));
}

describe("a node that says nothing more", () => {
  afterEach(() => void vi.useRealTimers());

  it.each(["json", "bytes"] as const)("is asked again by %s, and given up in the end", async (how) => {
    vi.useFakeTimers();
    let asked = 0;
    const node = http(() => {
      asked += 1;
      return stalled();
    });
    const work = codeOf(how === "json" ? node.json("GET", "/v1/node", Shape) : node.bytes("/v1/x", 10));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await Promise.race([work, "waits"])).toBe("unavailable.node");
    expect(asked).toBe(3);
  });

  it("is no hindrance where the next answer is whole", async () => {
    vi.useFakeTimers();
    const answers = [stalled(), Response.json({ a: 1 })];
    const work = http(() => answers.shift() ?? stalled()).json("GET", "/v1/node", Shape);
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await Promise.race([work, "waits"])).toEqual({ a: 1 });
  });

  it("is asked once where something was to change", async () => {
    vi.useFakeTimers();
    let asked = 0;
    const node = http(() => {
      asked += 1;
      return stalled();
    });
    const work = codeOf(node.json("POST", "/v1/uploads", Shape, { body: {} }));
    await vi.advanceTimersByTimeAsync(31_000);
    expect([await Promise.race([work, "waits"]), asked]).toEqual(["unavailable.node", 1]);
  });

  it("does not hold who stops, nor who reads piece by piece", async () => {
    vi.useFakeTimers();
    const stop = new AbortController();
    const stopped = codeOf(http(stalled).json("GET", "/v1/node", Shape, { signal: stop.signal }));
    const read = codeOf(
      (async () => {
        for await (const _piece of pieces(stalled(), 10)) {
          // only the end counts
        }
      })(),
    );
    await vi.advanceTimersByTimeAsync(1);
    stop.abort();
    await vi.advanceTimersByTimeAsync(1);
    expect(await Promise.race([stopped, "waits"])).toBe("cancelled");
    await vi.advanceTimersByTimeAsync(31_000);
    expect(await Promise.race([read, "waits"])).toBe("unavailable.node");
  });

  it("is given up where it drips for ever", async () => {
    vi.useFakeTimers();
    const drip = () =>
      new Response(
        new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 20_000));
            controller.enqueue(new Uint8Array([32]));
          },
        }),
      );
    const work = codeOf(http(drip).json("POST", "/v1/uploads", Shape, { body: {} }));
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(await Promise.race([work, "waits"])).toBe("unavailable.node");
  });
});

describe("a node that says not so fast for ever", () => {
  const slow = () =>
    Response.json({ code: "refused.too_many_requests" }, { status: 429, headers: { "Retry-After": "3600" } });

  it("is given up after two minutes of waiting", async () => {
    let asked = 0;
    const node = http(() => {
      asked += 1;
      return slow();
    });
    expect(await codeOf(node.json("GET", "/v1/node", Shape))).toBe("refused.too_many_requests");
    expect(asked).toBe(7);
  });

  it("holds up no other question where a custodian was asked", async () => {
    const waits: number[] = [];
    const from = async (path: string) => (path === "/v1/release" ? slow() : Response.json({ a: 1 }));
    const node = new NodeHttp(from as unknown as typeof fetch, async (ms) => void waits.push(ms));
    const asked = { body: {}, anonymous: true };
    expect(await codeOf(node.json("POST", "/v1/release", Shape, asked))).toBe("refused.too_many_requests");
    expect(waits).toEqual([20_000]);
    await node.json("GET", "/v1/node", Shape);
    expect(waits).toHaveLength(1);
  });
});

describe("codes that a node tells", () => {
  const told = (code: string, status: number, asked = {}) =>
    codeOf(http(() => Response.json({ code }, { status })).json("POST", "/v1/release", Shape, { body: {}, ...asked }));

  it.each(["refused.Consent.RightMissing", "verification.release_answer", "conflict.idempotency", "not_found.record"])(
    "are its own: %s",
    async (code) => expect(await told(code, 409)).toBe(code),
  );

  it.each([
    "cancelled",
    "offline",
    "fault",
    "wallet.refused",
    "refused.vault_locked",
    "refused.not_asked",
    "refused.sign_in_needed",
    "refused.contract",
    "constructor",
  ])("are not this page's: %s", async (code) => expect(await told(code, 409)).toBe("unavailable.node"));

  it("end no session where nobody was signed in", async () => {
    expect(await told("refused.sign_in_needed", 401, { anonymous: true })).toBe("unavailable.node");
    expect(await told("refused.sign_in_needed", 401)).toBe("refused.sign_in_needed");
  });
});
