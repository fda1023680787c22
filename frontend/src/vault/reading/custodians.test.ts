import { afterEach, expect, it, vi } from "vitest";
import { NodeHttp } from "../nodeHttp.ts";
import { CUSTODIAN, DOCTOR, FakeNode, PATIENT, signerOf } from "../testing/fakeNode.ts";
import type { ReadAsked } from "../types.ts";
import { askCustodians } from "./custodians.ts";
import type { LocatedRecord } from "./located.ts";

const DIGEST = "ab".repeat(32);
const GRACE_MS = 3_000;

afterEach(() => vi.restoreAllMocks());

it("goes on without a custodian that says nothing, once as many as are needed have released", async () => {
  const node = await FakeNode.create();
  const elsewhere = { address: DOCTOR.address, url: "https://elsewhere.example", recipient: node.custodianRecipient };
  const asked: ReadAsked = {
    ...node.reading(DOCTOR.address),
    trust: { ...node.trust, custodians: [...node.trust.custodians, elsewhere] },
  };
  let hung = 0;
  const from = (path: string, init: RequestInit) => {
    if (path === "/v1/release") {
      const words = { code: "released", message: "", remedy: "", shares: { descriptor: btoa("sealed") } };
      const outcomes = [{ sequence: 0, manifestDigest: DIGEST, ...words }];
      return Promise.resolve(Response.json({ custodian: CUSTODIAN.address, headNumber: 9, outcomes }));
    }
    if (!path.includes("/custodians/")) {
      return node.fetch(path, init);
    }
    hung += 1;
    return new Promise<Response>((_resolve, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    });
  };
  const http = new NodeHttp(from as unknown as typeof fetch, async () => undefined);
  const { sign } = signerOf(DOCTOR);
  const ref = { patient: PATIENT.address, sequence: 0, leafIndex: null, manifestDigestHex: DIGEST };
  const record = { ref, pathHex: [] } as unknown as LocatedRecord;
  // Time passes at once for whoever waits no longer than the others are waited for; a custodian has more, and keeps it.
  const waits: number[] = [];
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((run: () => void, ms = 0) => {
    waits.push(ms);
    if (ms <= GRACE_MS) queueMicrotask(run);
    return 0;
  }) as unknown as typeof setTimeout);
  const answers = await askCustodians(http, "LIST", [record], asked, sign, new AbortController().signal);
  expect([[...answers.keys()], hung]).toEqual([[node.trust.custodians[0]?.address], 1]);
  expect(waits.filter((ms) => ms === GRACE_MS)).toEqual([GRACE_MS]);
});
