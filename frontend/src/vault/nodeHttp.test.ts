import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { isCode } from "../core/errors.ts";
import { NodeHttp, pieces } from "./nodeHttp.ts";

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
