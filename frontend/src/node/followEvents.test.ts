import { describe, expect, it, vi } from "vitest";
import { followEvents } from "./followEvents.ts";
import { messages } from "./serverSentEvents.ts";
import { ACCOUNT, type Asked, refusal, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

const EVENT = {
  kind: "Consent.Granted",
  at: 1,
  source: "chain",
  final: true,
  block: null,
  transaction_hash_hex: null,
  details: {},
};

function streamed(...pieces: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => {
      for (const piece of pieces) {
        controller.enqueue(encoder.encode(piece));
      }
      controller.close();
    },
  });
}

describe("server-sent events", () => {
  it("are put together however they are cut", async () => {
    const text = `retry: 5\r\nid: 1\r\n\r\n: still here\n\nid: 2\nevent: x\ndata: {"a":\ndata: "ä"}\n\nid: 3\rdata:no space\r\r`;
    const wanted = [
      { id: "1", data: "" },
      { id: "2", data: '{"a":\n"ä"}' },
      { id: "3", data: "no space" },
    ];
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 7, bytes.length]) {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          for (let at = 0; at < bytes.length; at += size) {
            controller.enqueue(bytes.slice(at, at + size));
          }
          controller.enqueue(new TextEncoder().encode("\n"));
          controller.close();
        },
      });
      const found = [];
      for await (const one of messages(stream)) {
        found.push(one);
      }
      expect(found).toEqual(wanted);
    }
  });

  it("without end are a lie", async () => {
    const run = async () => {
      for await (const _ of messages(streamed(`data: ${"x".repeat(2_000_000)}`))) {
        // nothing comes
      }
    };
    await expect(run()).rejects.toMatchObject({ code: "verification.node" });
  });
});

describe("following", () => {
  it("goes on after the last event where it broke off, and ends where it is refused", async () => {
    const node = scriptedNode();
    const answers = [
      () =>
        new Response(streamed("id: 5-1\n\n", `id: 5-2\nevent: Consent.Granted\ndata: ${JSON.stringify(EVENT)}\n\n`)),
      () => new Response(streamed(": still here\n\n", `id: 5-3\ndata: ${JSON.stringify(EVENT)}\n\n`, "id: 5-4\n\n")),
      () => refusal(403, "refused.not_yours"),
    ];
    node.answers.set(`GET /v1/patients/${ACCOUNT}/events/stream`, () => answers.shift()?.());
    const { client } = await scriptedClient(node);
    const seen: string[] = [];
    const states: unknown[] = [];
    await new Promise<void>((resolve) => {
      followEvents(client, {
        patient: ACCOUNT,
        onEvent: ({ kind }, id) => seen.push(`${kind} ${id}`),
        onState: (state) => {
          states.push(typeof state === "string" ? state : state.code);
          if (typeof state !== "string") {
            resolve();
          }
        },
      });
    });
    expect(seen).toEqual(["Consent.Granted 5-2", "Consent.Granted 5-3"]);
    expect(states).toEqual(["live", "waiting", "live", "waiting", "refused.not_yours"]);
    expect(node.asked.map(({ headers }) => headers.get("Last-Event-ID"))).toEqual([null, "5-2", "5-4"]);
    expect(node.asked[0]?.headers.get("Accept")).toBe("text/event-stream");
  });

  it("goes on as soon as the browser is connected again", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    const place = new EventTarget();
    vi.stubGlobal("addEventListener", place.addEventListener.bind(place));
    vi.stubGlobal("removeEventListener", place.removeEventListener.bind(place));
    const node = scriptedNode();
    const answers: (() => unknown)[] = Array(4).fill(() => Promise.reject(new TypeError("line")));
    node.answers.set(`GET /v1/patients/${ACCOUNT}/events/stream`, () =>
      (answers.pop() ?? (() => refusal(403, "refused.x")))(),
    );
    const { client } = await scriptedClient(node);
    // Fifteen seconds and more, if nobody said that the connection is back.
    await new Promise<void>((resolve) => {
      followEvents(client, {
        patient: ACCOUNT,
        onEvent: () => undefined,
        onState: (state) => {
          if (state !== "waiting") resolve();
          else setTimeout(() => place.dispatchEvent(new Event("online")));
        },
      });
    });
    expect(node.asked).toHaveLength(5);
    vi.unstubAllGlobals();
  });

  it("stops at once, and says nothing more", async () => {
    const node = scriptedNode();
    node.answers.set(`GET /v1/patients/${ACCOUNT}/events/stream`, ({ signal }: Asked) => {
      const endless = new ReadableStream({
        start: (one) => signal.addEventListener("abort", () => one.error("aborted")),
      });
      return new Response(endless);
    });
    const { client } = await scriptedClient(node);
    const states: unknown[] = [];
    const stop = followEvents(client, {
      patient: ACCOUNT,
      onEvent: () => undefined,
      onState: (one) => states.push(one),
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(states).toEqual(["live"]);
    expect(node.asked[0]?.signal.aborted).toBe(true);
  });

  it("does not believe what is no event", async () => {
    const node = scriptedNode();
    node.answers.set(`GET /v1/patients/${ACCOUNT}/events/stream`, () => new Response(streamed("data: {}\n\n")));
    const { client } = await scriptedClient(node);
    const last = await new Promise((resolve) => {
      const onState = (one: unknown) => typeof one !== "string" && resolve(one);
      followEvents(client, { patient: ACCOUNT, onEvent: () => undefined, onState });
    });
    expect(last).toMatchObject({ code: "verification.node" });
  });
});
