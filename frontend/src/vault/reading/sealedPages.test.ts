import "fake-indexeddb/auto";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { toBase64 } from "../../core/bytes.ts";
import { MendrecError } from "../../core/errors.ts";
import type { ListedRecord, Progress } from "../../node/types.ts";
import { LazyDatabase, openDatabase } from "../database.ts";
import { DatabaseFiles } from "../keptFiles.ts";
import { NodeHttp } from "../nodeHttp.ts";
import { DOCTOR, FakeNode, PATIENT, refusal, signerOf } from "../testing/fakeNode.ts";
import { addRecords } from "../testing/manyRecords.ts";
import type { Vault } from "../types.ts";
import { makeVault } from "../vault.ts";
import type { LocatedRecord } from "./located.ts";
import { distanceOnChain, RUN_MAX, runsOf } from "./sealedPages.ts";

const SITE = "https://node.example";
const MANY = 280;
const RUNS = Math.ceil((MANY + 1) / RUN_MAX);
const nothing = () => undefined;
const patientWallet = signerOf(PATIENT);
const doctorWallet = signerOf(DOCTOR);
type Item = {
  sequence: number;
  leaf_index: number | null;
  manifest: string | null;
  envelopes: string | null;
  problem: unknown;
};
type Page = { items: Item[]; next_cursor: string | null };

let node: FakeNode;
let patient: Vault;
let identities: [Uint8Array, Uint8Array];
let opened = 0;

function vault(): Vault {
  const database = new LazyDatabase(() => openDatabase(`many-${opened++}`));
  const http = new NodeHttp(node.fetch as typeof fetch, async () => undefined);
  return makeVault({ http, database, files: async () => new DatabaseFiles(database) });
}

beforeAll(async () => {
  node = await FakeNode.create();
  const [mine, doctors] = [vault(), vault()];
  const [one, other] = [
    await mine.create(SITE, PATIENT.address, patientWallet.sign),
    await doctors.create(SITE, DOCTOR.address, doctorWallet.sign),
  ];
  node.patientRecipient = one.recipient;
  node.doctorRecipient = other.recipient;
  identities = [one.backup, other.backup];
  node.person = DOCTOR.address;
  const item = {
    title: "A note",
    categoryCode: "laboratory",
    mediaType: "text/plain",
    fhirType: null,
    codes: [],
    fileName: null,
    content: new Blob(["words"]),
  };
  const asked = { trust: node.trust, author: DOCTOR.address, patient: PATIENT.address, ownRecipient: null };
  const rest = { items: [item], private: false, key: "first", csrfToken: "csrf" };
  await doctors.upload("up", { ...asked, ...rest }, doctorWallet.sign, node.call, nothing);
  await addRecords(node, MANY);
}, 120_000);

beforeEach(async () => {
  node.person = PATIENT.address;
  node.before = () => null;
  node.lie = (_path, answer) => answer;
  node.pageMax = 200;
  patient = await unlocked(0);
  node.asked.length = 0;
});

async function unlocked(who: 0 | 1): Promise<Vault> {
  const found = vault();
  const recipient = who === 0 ? node.patientRecipient : node.doctorRecipient;
  const [account, wallet] = who === 0 ? [PATIENT.address, patientWallet] : [DOCTOR.address, doctorWallet];
  await found.restore(identities[who], SITE, account, recipient, wallet.sign);
  return found;
}

const list = (by = patient, onProgress: (p: Progress) => void = nothing) =>
  by.list("list", node.reading(PATIENT.address), patientWallet.sign, onProgress);
const times = (end: string) => node.asked.filter((one) => one.endsWith(end)).length;
const alone = () => times("/manifest") + times("/envelopes");
const pagesChanged = (change: (items: Item[]) => Item[]) => {
  node.lie = (path, answer) =>
    path.endsWith("/sealed-objects") ? { ...answer, items: change((answer as Page).items) } : answer;
};

async function fails(work: Promise<unknown>): Promise<MendrecError> {
  const thrown = await work.then(() => null).catch((one: unknown) => one);
  expect(thrown).toBeInstanceOf(MendrecError);
  return thrown as MendrecError;
}

function refusals(listed: readonly ListedRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { refusal: one } of listed) {
    counts[one?.code ?? "none"] = (counts[one?.code ?? "none"] ?? 0) + 1;
  }
  return counts;
}

describe("listing many records", { timeout: 120_000 }, () => {
  it("takes a request for each 128 of them, three at a time, and none where they were seen", async () => {
    let [running, most] = [0, 0];
    node.before = async (request) => {
      if (new URL(request.url).pathname.endsWith("/sealed-objects")) {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running -= 1;
      }
      return null;
    };
    const told: Progress[] = [];
    const listed = await list(patient, (one) => void told.push(one));
    expect(refusals(listed)).toEqual({ none: MANY + 1 });
    expect(new Set(listed.map((one) => one.descriptor?.title))).toEqual(new Set(["A note"]));
    expect(times("/sealed-objects")).toBe(RUNS);
    expect(alone()).toBe(0);
    expect(most).toBe(3);
    const done = told.filter((one) => one.step === "descriptors").map((one) => one.done);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(told.at(-1)).toEqual({ step: "descriptors", done: MANY + 1, total: MANY + 1, unit: "records" });
    node.asked.length = 0;
    await list();
    expect(times("/sealed-objects") + alone()).toBe(0);
  });

  it("finds all of them where pages are short", async () => {
    node.pageMax = 7;
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
    expect(alone()).toBe(0);
  });

  it("believes nothing that is sent: what is not the anchored manifest opens nothing, and hides nothing else", async () => {
    let first = true;
    pagesChanged(([one, two, three, four, ...rest]) => {
      if (!first || !one || !two || !three || !four) {
        return [one, two, three, four, ...rest].filter((item) => item !== undefined);
      }
      first = false;
      const swapped = { ...two, manifest: three.manifest };
      return [
        one,
        swapped,
        { ...three, manifest: "!" },
        { ...four, manifest: toBase64(new Uint8Array(300_000)) },
        ...rest,
      ];
    });
    const listed = await list();
    // What is no object at all is asked for once more, alone.
    expect(refusals(listed)).toEqual({ none: MANY, "verification.manifest_mismatch": 1 });
    expect(listed[1]?.descriptor).toBeNull();
    expect(times("/manifest")).toBe(2);
  });

  it("believes no other envelopes than those that the manifest names", async () => {
    pagesChanged((items) => items.map((one) => ({ ...one, envelopes: toBase64(new TextEncoder().encode("{}")) })));
    expect(refusals(await list())).toEqual({ "verification.cid_mismatch": MANY + 1 });
  });

  it("asks alone for the few that have a problem, and for no more where a store is away", async () => {
    const problem = { code: "unavailable.no_copy", message: "Away.", remedy: "Later." };
    const away = (one: Item) => ({ ...one, manifest: null, envelopes: null, problem });
    pagesChanged((items) => items.map((one, at) => (at === 3 || at === 5 ? away(one) : one)));
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
    expect(times("/manifest")).toBe(2 * RUNS);
    node.asked.length = 0;
    pagesChanged((items) => items.map(away));
    const found = refusals(await list(await unlocked(0)));
    expect(found["unavailable.no_copy"]).toBe(MANY + 1 - RUNS * 8);
    expect(times("/manifest")).toBe(RUNS * 8);
  });

  it("asks alone for what a page leaves out", async () => {
    pagesChanged((items) => items.filter((_one, at) => at !== 2));
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
    expect(times("/manifest")).toBe(RUNS);
  });

  it("comes to an end where pages do not", async () => {
    node.lie = (path, answer) => (path.endsWith("/sealed-objects") ? { items: [], next_cursor: "0" } : answer);
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
    expect(times("/sealed-objects")).toBeLessThanOrEqual(MANY + 1 + RUNS * 3);
  });

  it.each([
    [
      "a store that is away",
      () => refusal(503, "storage.no_copy_reachable", "Away."),
      "unavailable.storage.no_copy_reachable",
    ],
    ["a line that breaks", () => new TypeError("line"), "unavailable.node"],
  ])("shows all others where one can't be had: %s", async (_why, answer, code) => {
    const problem = { code: "storage.no_copy_reachable", message: "Away.", remedy: "Later." };
    let hidden = false;
    pagesChanged((items) =>
      items.map((one) => {
        if (hidden) return one;
        hidden = true;
        return { ...one, manifest: null, envelopes: null, problem };
      }),
    );
    node.before = (request) => (request.url.endsWith("/manifest") ? answer() : null);
    const listed = await list();
    expect(refusals(listed)).toEqual({ none: MANY, [code]: 1 });
    node.before = () => null;
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
  });

  it("shows all where the page of many breaks off, and stops where nothing is answered any more", async () => {
    const isPage = (request: Request) => new URL(request.url).pathname.endsWith("/sealed-objects");
    let broken = "";
    node.before = (request) => {
      if (!isPage(request)) return null;
      broken ||= request.url;
      return request.url === broken ? new TypeError("line") : null;
    };
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
    expect(alone()).toBeGreaterThan(0);
    node.before = (request) =>
      isPage(request) || /(manifest|envelopes)$/.test(request.url) ? new TypeError("line") : null;
    const fresh = await unlocked(0);
    node.asked.length = 0;
    expect((await fails(list(fresh))).code).toBe("unavailable.node");
    expect(times("/manifest")).toBeLessThan(40);
  });

  it("asks once more where an entry lands between the pages and the head", async () => {
    let moved = false;
    node.lie = (path, answer) => {
      if (moved || !path.endsWith("/entries")) return answer;
      moved = true;
      return { ...answer, items: (answer as unknown as { items: unknown[] }).items.slice(0, -1) };
    };
    expect(refusals(await list())).toEqual({ none: MANY + 1 });
  });

  it("is stopped by whoever stops it, however late", async () => {
    const work = list(patient, (one) => {
      if (one.step === "descriptors" && one.done === one.total) void patient.cancel("list");
    });
    expect((await fails(work)).code).toBe("cancelled");
  });

  it("says of each why it is refused, and asks none alone", async () => {
    const isPage = (request: Request) => new URL(request.url).pathname.endsWith("/sealed-objects");
    node.before = (request) => (isPage(request) ? refusal(403, "refused.not_yours", "Not yours.") : null);
    expect(refusals(await list())).toEqual({ "refused.not_yours": MANY + 1 });
    expect(alone()).toBe(0);
    node.before = (request) => (isPage(request) ? refusal(401, "unauthenticated", "Over.") : null);
    expect((await fails(list(await unlocked(0)))).code).toBe("refused.sign_in_needed");
  });

  it("shows a reader that sealed envelopes are not theirs", async () => {
    node.person = DOCTOR.address;
    pagesChanged((items) => items.map((one) => ({ ...one, envelopes: null })));
    const doctor = await unlocked(1);
    doctorWallet.signed.length = 0;
    const listed = await doctor.list("list", node.reading(DOCTOR.address), doctorWallet.sign, nothing);
    expect(refusals(listed)).toEqual({ "refused.not_yours": MANY + 1 });
    expect(doctorWallet.signed).toHaveLength(2);
    expect(alone()).toBe(0);
  });

  it("stops where it is cancelled, soon", async () => {
    let seen = 0;
    const work = list(patient, (one) => {
      seen = one.step === "descriptors" ? one.done : seen;
      if (seen > 0) {
        void patient.cancel("list");
      }
    });
    expect((await fails(work)).code).toBe("cancelled");
    expect(seen).toBeLessThan(MANY / 2);
    const asked = times("/sealed-objects");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(times("/sealed-objects")).toBe(asked);
  });

  it("opens several with one request for all of their objects", async () => {
    const listed = await list();
    const fresh = await unlocked(0);
    node.asked.length = 0;
    const asked = [...listed.slice(20, 26)].reverse();
    const found = await fresh.open("open", node.reading(PATIENT.address), asked, patientWallet.sign, nothing);
    expect(await Promise.all(found.map((one) => one.blob.text()))).toEqual(asked.map(() => "words"));
    expect(found.map((one) => one.record.leafIndex)).toEqual(asked.map((one) => one.leafIndex));
    expect([times("/sealed-objects"), alone()]).toEqual([1, 0]);
  });
});

describe("runs of records", () => {
  const record = (sequence: number, leafIndex: number | null = null, count = 0) =>
    ({ ref: { sequence, leafIndex }, entry: { count } }) as LocatedRecord;
  const found = (...records: LocatedRecord[]) =>
    runsOf(records, distanceOnChain).map((run) => [run.records.length, run.span]);

  it("go over small gaps, and leave what is far or few to itself", () => {
    const near = [0, 1, 2, 5, 9].map((sequence) => record(sequence));
    expect(found(...near)).toEqual([[5, 10]]);
    expect(found(...near.slice(0, 3), record(20), record(21))).toEqual([]);
    expect(found(...near, ...[30, 31, 32, 33].map((sequence) => record(sequence)))).toEqual([
      [5, 10],
      [4, 4],
    ]);
    expect(found(record(3), record(3), record(3), record(3))).toEqual([]);
  });

  it("go from a batch into the next", () => {
    const leaves = (sequence: number, ...indexes: number[]) => indexes.map((leaf) => record(sequence, leaf, 10));
    expect(found(...leaves(4, 7, 8, 9), ...leaves(5, 0, 1))).toEqual([[5, 5]]);
    expect(found(...leaves(4, 0, 1, 2), ...leaves(5, 0, 1))).toEqual([]);
    const many = Array.from({ length: 300 }, (_one, sequence) => record(sequence));
    expect(found(...many)).toEqual([
      [RUN_MAX, RUN_MAX],
      [RUN_MAX, RUN_MAX],
      [300 - 2 * RUN_MAX, 300 - 2 * RUN_MAX],
    ]);
  });
});
