import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { isCode } from "../core/errors.ts";
import { pause } from "../core/waiting.ts";
import type { Progress } from "../node/types.ts";
import { NodeHttp } from "./nodeHttp.ts";
import { payloadPieces } from "./reading/payload.ts";
import { telling } from "./telling.ts";

const Shape = z.object({ a: z.int() });
const ACCOUNT = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const SESSION = {
  session_id: "5e".repeat(16),
  person: ACCOUNT,
  in_cookie: true,
  created_at: 1,
  last_used_at: 1,
  expires_at: 2,
  idle_s: 1,
  current: true,
};
type Seen = { readonly path: string; readonly headers: Headers };

function over(answer: (path: string, headers: Headers) => Response, wait = async () => undefined) {
  const seen: Seen[] = [];
  const from = async (path: string, init: RequestInit) => {
    const headers = new Headers(init.headers);
    seen.push({ path, headers });
    return answer(path, headers);
  };
  return { node: new NodeHttp(from as unknown as typeof fetch, wait as typeof pause), seen };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (thrown: unknown) => (isCode(thrown, (thrown as { code: string }).code) ? thrown.code : "other"),
  );

describe("whose session a request is meant for", () => {
  it("is said with every request but those that a signature alone decides", async () => {
    const { node, seen } = over(() => Response.json({ a: 1 }));
    await node.json("GET", "/v1/x", Shape);
    node.askFor(() => ACCOUNT);
    await node.json("GET", "/v1/x", Shape);
    await node.json("POST", "/v1/release", Shape, { body: {}, anonymous: true });
    expect(seen.map((one) => one.headers.get("X-Mendrec-Person"))).toEqual([null, ACCOUNT, null]);
  });
});

describe("a token that is not the session's any more", () => {
  const renewing = (fresh: () => string | null) =>
    over((path, headers) => {
      if (path === "/v1/sessions/current") return Response.json({ session: SESSION, csrf_token: fresh() });
      return headers.get("X-CSRF-Token") === "new"
        ? Response.json({ a: 1 })
        : Response.json({ code: "refused.csrf" }, { status: 403 });
    });

  it("is taken anew once, and for every later request that still has the old one", async () => {
    const { node, seen } = renewing(() => "new");
    const asked = { data: new Uint8Array(2), csrfToken: "old" };
    expect(await node.json("PUT", "/v1/x", Shape, asked)).toEqual({ a: 1 });
    expect(await node.json("PUT", "/v1/x", Shape, asked)).toEqual({ a: 1 });
    expect(seen.map((one) => one.path)).toEqual(["/v1/x", "/v1/sessions/current", "/v1/x", "/v1/x"]);
  });

  it.each(["old", "other"])("is refused where a new one does not do: %s", async (fresh) => {
    const { node, seen } = renewing(() => fresh);
    expect(await codeOf(node.json("PUT", "/v1/x", Shape, { csrfToken: "old" }))).toBe("refused.csrf");
    expect(seen.filter((one) => one.path === "/v1/x")).toHaveLength(fresh === "old" ? 1 : 2);
  });
});

describe("a list", () => {
  it("that goes on for ever with another cursor each time comes to an end", async () => {
    const Page = z.object({ items: z.array(z.int()), next_cursor: z.nullable(z.string()) });
    let at = 0;
    const { node } = over(() => Response.json({ items: [], next_cursor: String(at++) }));
    const all = (async () => {
      for await (const _page of node.pages("/v1/x", Page)) {
        // only the end counts
      }
    })();
    expect(await codeOf(all)).toBe("verification.node");
    expect(at).toBe(2_000);
  });
});

describe("a node that asks to wait", () => {
  const busy = () =>
    Response.json({ code: "refused.too_many_requests" }, { status: 429, headers: { "Retry-After": "7" } });

  it("is waited for in words: the step goes on being told, with the seconds, and then as before", async () => {
    const answers = [busy(), Response.json({ a: 1 })];
    const { node } = over(() => answers.shift() ?? busy());
    const told: Progress[] = [];
    const before = { step: "records", done: 2, total: 9, unit: "records" } as const;
    await telling(
      node,
      (one) => void told.push(one),
      async (tell) => {
        tell(before);
        await node.json("GET", "/v1/x", Shape);
      },
    );
    expect(told).toEqual([before, { step: "records", done: 0, total: 7, unit: "seconds" }, before]);
    answers.push(busy(), Response.json({ a: 1 }));
    await node.json("GET", "/v1/x", Shape);
    expect(told).toHaveLength(3); // what has ended hears no more
  });

  it("holds nobody who stops", async () => {
    const stop = new AbortController();
    const { node } = over(busy, pause as never);
    node.onQuiet((seconds) => {
      if (seconds > 0) stop.abort();
    });
    expect(await codeOf(node.json("GET", "/v1/x", Shape, { signal: stop.signal }))).toBe("cancelled");
  });
});

describe("a payload that does not go on where it was asked to", () => {
  it("is refused, and what is left of it is not fetched", async () => {
    let cancelled = 0;
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(4)),
      cancel: () => {
        cancelled += 1;
      },
    });
    let asked = 0;
    const { node } = over(() => {
      asked += 1;
      if (asked > 1) return new Response(endless);
      let sent = false;
      return new Response(
        new ReadableStream({
          pull: (controller) => {
            if (sent) controller.error(new TypeError("line"));
            else controller.enqueue(new Uint8Array(4));
            sent = true;
          },
        }),
      );
    });
    const read = (async () => {
      for await (const _piece of payloadPieces(node, "/v1/x", 100, new AbortController().signal)) {
        // only the end counts
      }
    })();
    expect(await codeOf(read)).toBe("verification.node");
    expect(cancelled).toBe(1);
  });
});

describe("what a store could not give", () => {
  const told = (code: string, status: number) =>
    codeOf(over(() => Response.json({ code }, { status })).node.json("POST", "/v1/x", Shape, { body: {} }));

  it("is of the family of what can't be had now, or of what does not hold, and not the node's own absence", async () => {
    expect(await told("storage.no_copy_reachable", 503)).toBe("unavailable.storage.no_copy_reachable");
    expect(await told("storage.no_good_copy", 409)).toBe("verification.no_good_copy");
  });
});
