import { afterEach, expect, it, vi } from "vitest";
import { NodeHttp } from "../nodeHttp.ts";
import { DOCTOR, FakeNode, signerOf } from "../testing/fakeNode.ts";
import type { ReadAsked } from "../types.ts";
import { askCustodians } from "./custodians.ts";

afterEach(() => void vi.useRealTimers());

it("goes on without a custodian that says nothing, once as many as are needed have released", async () => {
  const node = await FakeNode.create();
  const elsewhere = { address: DOCTOR.address, url: "https://elsewhere.example", recipient: node.custodianRecipient };
  const asked: ReadAsked = {
    ...node.reading(DOCTOR.address),
    trust: { ...node.trust, custodians: [...node.trust.custodians, elsewhere] },
  };
  let hung = 0;
  const from = (path: string, init: RequestInit) => {
    if (!path.includes("/custodians/")) {
      return node.fetch(path, init);
    }
    hung += 1;
    return new Promise<Response>((_resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    });
  };
  const http = new NodeHttp(from as unknown as typeof fetch, async () => undefined);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { sign } = signerOf(DOCTOR);
  const work = askCustodians(http, "LIST", [], asked, sign, new AbortController().signal);
  await vi.waitFor(() => expect(hung).toBe(1), { timeout: 3_000 });
  for (let at = 0; at < 50; at++) {
    await vi.advanceTimersByTimeAsync(1);
  }
  await vi.advanceTimersByTimeAsync(5_000);
  expect([...(await Promise.race([work, new Map()])).keys()]).toEqual([node.trust.custodians[0]?.address]);
});
