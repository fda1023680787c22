import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { newIdentity } from "../core/age.ts";
import { isCode, MendrecError } from "../core/errors.ts";
import type { Progress, VerificationStep } from "../node/types.ts";
import { LazyDatabase, openDatabase } from "./database.ts";
import { DatabaseFiles } from "./keptFiles.ts";
import { NodeHttp } from "./nodeHttp.ts";
import { DOCTOR, FakeNode, PATIENT, refusal, signerOf } from "./testing/fakeNode.ts";
import type { SealItem, UploadAsked, Vault } from "./types.ts";
import { makeVault } from "./vault.ts";

const SITE = "https://node.example";
const nothing = () => undefined;
let databases = 0;

/** A browser: what is kept in it outlives each vault that is opened over it. */
function browser(node: FakeNode) {
  const name = `browser-${databases++}`;
  const open = (): Vault => {
    const database = new LazyDatabase(() => openDatabase(name));
    const http = new NodeHttp(node.fetch as typeof fetch, async () => undefined);
    return makeVault({ http, database, files: async () => new DatabaseFiles(database) });
  };
  return { open, name };
}

function item(title: string, content: string | Uint8Array<ArrayBuffer>, categoryCode = "laboratory"): SealItem {
  const fileName = `${title}.txt`;
  return {
    title,
    categoryCode,
    mediaType: "text/plain",
    fhirType: null,
    codes: [],
    fileName,
    content: new Blob([content]),
  };
}

function uploading(node: FakeNode, author: UploadAsked["author"], items: SealItem[], key = "key-1"): UploadAsked {
  const { trust } = node;
  return { trust, author, patient: PATIENT.address, ownRecipient: null, items, private: false, key, csrfToken: "csrf" };
}

async function fails(work: Promise<unknown>): Promise<MendrecError> {
  try {
    await work;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MendrecError);
    return thrown as MendrecError;
  }
  throw new Error("it did not fail");
}

let node: FakeNode;
let patientBrowser: ReturnType<typeof browser>;
let patient: Vault;
let doctor: Vault;
let doctorBrowser: ReturnType<typeof browser>;
const patientWallet = signerOf(PATIENT);
const doctorWallet = signerOf(DOCTOR);

beforeEach(async () => {
  node = await FakeNode.create();
  patientBrowser = browser(node);
  doctorBrowser = browser(node);
  patient = patientBrowser.open();
  doctor = doctorBrowser.open();
  node.patientRecipient = (await patient.create(SITE, PATIENT.address, patientWallet.sign)).recipient;
  node.doctorRecipient = (await doctor.create(SITE, DOCTOR.address, doctorWallet.sign)).recipient;
  patientWallet.signed.length = 0;
  doctorWallet.signed.length = 0;
});

async function doctorUploads(items: SealItem[], key = "key-1") {
  node.person = DOCTOR.address;
  const done = await doctor.upload(
    `upload-${key}`,
    uploading(node, DOCTOR.address, items, key),
    doctorWallet.sign,
    node.call,
    nothing,
  );
  node.person = PATIENT.address;
  return done;
}

const patientLists = () => patient.list("list", node.reading(PATIENT.address), patientWallet.sign, nothing);
const doctorLists = () => doctor.list("list", node.reading(DOCTOR.address), doctorWallet.sign, nothing);

describe("a record, from one person to the other", () => {
  it("is sealed by the doctor, listed and opened by the patient without a signature", async () => {
    const done = await doctorUploads([item("Blood count", "haemoglobin 13.5")]);
    expect(done.records).toEqual([{ sequence: 0, leafIndex: null }]);
    expect(doctorWallet.signed.map((one) => one.primaryType)).toEqual(["RecordManifest", "AddRecord"]);
    const [listed] = await patientLists();
    expect(listed).toMatchObject({ sequence: 0, categoryCode: "laboratory", author: DOCTOR.address, private: false });
    expect(listed?.descriptor?.title).toBe("Blood count");
    const [opened] = await patient.open(
      "open",
      node.reading(PATIENT.address),
      listed ? [listed] : [],
      patientWallet.sign,
      nothing,
    );
    expect(await opened?.blob.text()).toBe("haemoglobin 13.5");
    expect(opened?.blob.type).toBe("text/plain");
    expect(patientWallet.signed).toEqual([]);
  });

  it("goes in batches by category, and its leaves are opened by the doctor with one signature for each act", async () => {
    const items = [item("A", "a"), item("B", "b", "imaging"), item("C", "c"), item("Big", new Uint8Array(300_000))];
    const done = await doctorUploads(items);
    expect(done.records.map((one) => `${one.sequence}.${one.leafIndex}`)).toEqual(["0.0", "1.0", "0.1", "0.2"]);
    doctorWallet.signed.length = 0;
    const listed = await doctorLists();
    expect(listed.map((one) => one.descriptor?.title)).toEqual(["A", "C", "Big", "B"]);
    const opened = await doctor.open("open", node.reading(DOCTOR.address), listed, doctorWallet.sign, nothing);
    expect(await Promise.all(opened.map((one) => one.blob.size))).toEqual([1, 1, 300_000, 1]);
    expect(doctorWallet.signed.map((one) => one.primaryType)).toEqual(["ReleaseRequest", "ReleaseRequest"]);
    expect(doctorWallet.signed.map((one) => one.message.act)).toEqual(["LIST", "OPEN"]);
  });

  it("is asked for only where the category may be read for the purpose; the others are listed without titles", async () => {
    await doctorUploads([item("A", "a"), item("B", "b", "imaging"), item("C", "c")]);
    doctorWallet.signed.length = 0;
    const asked = node.reading(DOCTOR.address);
    const listed = await doctor.list("l", { ...asked, titlesOf: ["imaging"] }, doctorWallet.sign, nothing);
    expect(listed.map((one) => [one.categoryCode, one.descriptor?.title ?? null, one.refusal])).toEqual([
      ["laboratory", null, null],
      ["laboratory", null, null],
      ["imaging", "B", null],
    ]);
    expect(doctorWallet.signed).toHaveLength(1);
    doctorWallet.signed.length = 0;
    await doctor.list("l", { ...asked, titlesOf: [] }, doctorWallet.sign, nothing);
    expect(doctorWallet.signed).toEqual([]);
  });

  it("is not asked for again once it was seen", async () => {
    await doctorUploads([item("A", "a")]);
    await doctorLists();
    doctorWallet.signed.length = 0;
    expect((await doctorLists())[0]?.descriptor?.title).toBe("A");
    expect(doctorWallet.signed).toEqual([]);
  });

  it("stays sealed where the chain allows no reading, and says why", async () => {
    await doctorUploads([item("A", "a"), item("B", "b", "imaging")]);
    node.readable = ["imaging"];
    const listed = await doctorLists();
    expect(listed.map((one) => [one.descriptor?.title ?? null, one.refusal?.code ?? null])).toEqual([
      [null, "refused.Consent.RightMissing"],
      ["B", null],
    ]);
    const error = await fails(
      doctor.open("open", node.reading(DOCTOR.address), listed.slice(0, 1), doctorWallet.sign, nothing),
    );
    expect(error.code).toBe("refused.Consent.RightMissing");
  });

  it("is the patient's alone where it is private", async () => {
    const asked = { ...uploading(node, PATIENT.address, [item("Diary", "mine")]), private: true };
    await patient.upload("up", asked, patientWallet.sign, node.call, nothing);
    expect((await patientLists())[0]).toMatchObject({ private: true, refusal: null });
    expect((await doctorLists())[0]).toMatchObject({ descriptor: null, refusal: { code: "refused.private" } });
  });

  it("lets nothing of it out on the way", async () => {
    const marker = "MARK-of-plaintext";
    await doctorUploads([item(marker, marker)]);
    const sent = node.sent.map((one) => new TextDecoder("latin1").decode(one)).join("\n");
    for (const secret of [marker, btoa(marker), "AGE-SECRET-KEY-1"]) {
      expect(sent).not.toContain(secret);
    }
  });
});

describe("a node that lies", () => {
  beforeEach(async () => {
    await doctorUploads([item("A", "a")], "one");
    await doctorUploads([item("B", "b")], "two");
  });

  it.each<[string, (path: string, answer: Record<string, unknown>) => Record<string, unknown>]>([
    [
      "leaves a record out",
      (path, answer) =>
        path.endsWith("/records") ? { ...answer, items: (answer.items as unknown[]).slice(1) } : answer,
    ],
    [
      "leaves an entry out of the chain",
      (path, answer) =>
        path.endsWith("/entries") ? { ...answer, items: (answer.items as unknown[]).slice(1) } : answer,
    ],
    [
      "tells another author",
      (path, answer) =>
        path.endsWith("/entries")
          ? { ...answer, items: (answer.items as object[]).map((one) => ({ ...one, author: PATIENT.address })) }
          : answer,
    ],
    [
      "tells another digest",
      (path, answer) =>
        path.endsWith("/records")
          ? {
              ...answer,
              items: (answer.items as object[]).map((one) => ({ ...one, manifest_digest_hex: "00".repeat(32) })),
            }
          : answer,
    ],
    ["answers in another shape", (path, answer) => (path.endsWith("/records") ? { items: 7 } : answer)],
  ])("%s: is caught before anything is shown", async (_what, lie) => {
    node.lie = lie;
    expect(isCode(await fails(patientLists()), "verification")).toBe(true);
  });

  it("hands out another payload: nothing is opened", async () => {
    const [listed] = await patientLists();
    for (const [cid, data] of node.blocks) {
      if (new TextDecoder("latin1").decode(data.slice(0, 3)) === "age") {
        const altered = data.slice();
        altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
        node.blocks.set(cid, altered);
      }
    }
    const error = await fails(
      patient.open("open", node.reading(PATIENT.address), listed ? [listed] : [], patientWallet.sign, nothing),
    );
    expect(error.code).toBe("verification.payload_mismatch");
  });

  it("wants another entry signed: nothing is signed for it", async () => {
    node.lie = (path, answer) => (path.endsWith("/position") ? { ...answer, sequence: 9 } : answer);
    const asked = uploading(node, PATIENT.address, [item("C", "c")], "three");
    expect((await fails(patient.upload("up", asked, patientWallet.sign, node.call, nothing))).code).toBe(
      "verification.node",
    );
    expect(patientWallet.signed.map((one) => one.primaryType)).toEqual(["RecordManifest"]);
  });

  it("names another key for the patient, or other custodians: nothing is sealed", async () => {
    const other = await newIdentity();
    node.lie = (path, answer) => (path.endsWith("/context") ? { ...answer, recipient: node.doctorRecipient } : answer);
    const asked = uploading(node, PATIENT.address, [item("C", "c")], "three");
    expect((await fails(patient.upload("up", asked, patientWallet.sign, node.call, nothing))).code).toBe(
      "verification.node",
    );
    node.lie = (path, answer) => (path.endsWith("/context") ? { ...answer, custodians: [] } : answer);
    expect((await fails(patient.upload("up", asked, patientWallet.sign, node.call, nothing))).code).toBe(
      "verification.custodians_changed",
    );
    expect(patientWallet.signed).toEqual([]);
    expect(await patient.unfinishedUploads(PATIENT.address)).toEqual([]);
    expect(other).not.toBe("");
  });
});

describe("checking one record against the chain", () => {
  const verified = async (at = 0, by = node) => {
    const steps = new Map<string, VerificationStep>();
    const listed = await patientLists();
    const record = listed[at];
    if (record === undefined) {
      throw new Error("no record");
    }
    const onStep = (step: VerificationStep) => void steps.set(step.id, step);
    const work = patient.verify("verify", by.reading(PATIENT.address), record, by.call, onStep);
    const error = await work.then(() => null).catch((thrown: unknown) => thrown as MendrecError);
    return { steps, error, states: Object.fromEntries([...steps].map(([id, step]) => [id, step.state])) };
  };

  it("holds for a single record and for a leaf", async () => {
    await doctorUploads([item("A", "a"), item("B", "b")], "batch");
    await doctorUploads([item("C", "c")], "single");
    for (const at of [0, 1, 2]) {
      const { states, error } = await verified(at);
      expect(error).toBeNull();
      expect(new Set(Object.values(states))).toEqual(new Set(["holds"]));
      expect(Object.keys(states)).toHaveLength(9);
    }
  });

  it("fails where the node's chain is not the contract's, and says at which step", async () => {
    await doctorUploads([item("A", "a")]);
    const contract = await FakeNode.create();
    contract.addEntry(DOCTOR.address, 1, ["ee".repeat(32)], false);
    const listed = await patientLists();
    const steps: VerificationStep[] = [];
    const [record] = listed;
    const error = await fails(
      patient.verify(
        "v",
        node.reading(PATIENT.address),
        record ?? never(),
        contract.call,
        (one) => void steps.push(one),
      ),
    );
    expect(error.code).toBe("verification.node");
    expect(steps.filter((one) => one.state === "fails").map((one) => one.id)).toEqual(["entry_on_chain"]);
    expect(steps.find((one) => one.state === "fails")).toMatchObject({ found: "ee".repeat(32) });
  });

  it("fails where the node hides the newest entries", async () => {
    await doctorUploads([item("A", "a")]);
    const contract = await FakeNode.create();
    contract.entries.push(...node.entries);
    contract.addEntry(DOCTOR.address, 1, ["ee".repeat(32)], false);
    const [record] = await patientLists();
    const failed: string[] = [];
    const onStep = (one: VerificationStep) => void (one.state === "fails" && failed.push(one.id));
    const work = patient.verify("v", node.reading(PATIENT.address), record ?? never(), contract.call, onStep);
    expect((await fails(work)).code).toBe("verification.node");
    expect(failed).toEqual(["head_on_chain"]);
  });

  it("asks once more where the contract holds an entry that the node has not heard of yet", async () => {
    await doctorUploads([item("A", "a")]);
    const [record] = await patientLists();
    node.addEntry(DOCTOR.address, 1, ["ee".repeat(32)], false);
    let isBehind = true;
    node.lie = (path, answer) => {
      if (!isBehind || !path.endsWith("/entries")) return answer;
      isBehind = false;
      const [first] = (answer as unknown as { items: { link_hex: string }[] }).items;
      return { ...answer, items: [first], head_link_hex: first?.link_hex };
    };
    const steps: string[] = [];
    const onStep = (one: VerificationStep) => void (one.state === "holds" && steps.push(one.id));
    await patient.verify("v", node.reading(PATIENT.address), record ?? never(), node.call, onStep);
    expect(steps).toContain("head_on_chain");
  });

  it("does not count as verified where the chain can't be asked", async () => {
    await doctorUploads([item("A", "a")]);
    const [record] = await patientLists();
    const call = async () => {
      throw new MendrecError("wallet.gone", "The wallet is gone.");
    };
    const steps: VerificationStep[] = [];
    const work = patient.verify(
      "v",
      node.reading(PATIENT.address),
      record ?? never(),
      call,
      (one) => void steps.push(one),
    );
    expect((await fails(work)).code).toBe("wallet.gone");
    expect(steps.some((one) => one.state === "fails")).toBe(false);
  });
});

describe("an upload that breaks off", { timeout: 30_000 }, () => {
  const big = () => item("Scan", new Uint8Array(9 * 1024 ** 2).fill(7), "imaging");

  it("goes on after a reload with what was sealed, from where the node has it", async () => {
    let puts = 0;
    node.person = DOCTOR.address;
    node.before = (request) => {
      puts += request.method === "PUT" ? 1 : 0;
      return request.method === "PUT" && puts > 1
        ? refusal(403, "refused.test", "The page is loaded anew here.")
        : null;
    };
    const asked = uploading(node, DOCTOR.address, [big()]);
    await fails(doctor.upload("up", asked, doctorWallet.sign, node.call, nothing));
    node.before = () => null;
    const again = doctorBrowser.open();
    await again.resume(DOCTOR.address, node.doctorRecipient);
    expect(await again.unfinishedUploads(DOCTOR.address)).toMatchObject([
      { key: "key-1", titles: ["Scan"], sealed: 1, total: 1 },
    ]);
    doctorWallet.signed.length = 0;
    const sentBefore = node.asked.length;
    const done = await again.resumeUpload("up", "key-1", DOCTOR.address, "csrf", doctorWallet.sign, node.call, nothing);
    expect(done.records).toHaveLength(1);
    expect(doctorWallet.signed.map((one) => one.primaryType)).toEqual(["AddRecord"]);
    expect(node.asked.slice(sentBefore).filter((one) => one.startsWith("PUT"))).toHaveLength(1);
    expect(await again.unfinishedUploads(DOCTOR.address)).toEqual([]);
  });

  it("keeps what was signed when the wallet refuses, and asks for the rest only", async () => {
    node.person = DOCTOR.address;
    let asks = 0;
    const reluctant: typeof doctorWallet.sign = (typedData) => {
      asks += 1;
      return asks === 2 ? Promise.reject(new MendrecError("wallet.refused", "No.")) : doctorWallet.sign(typedData);
    };
    const asked = uploading(node, DOCTOR.address, [item("A", "a"), item("B", "b"), item("C", "c")]);
    const progress: Progress[] = [];
    const error = await fails(doctor.upload("up", asked, reluctant, node.call, (one) => void progress.push(one)));
    expect(error.code).toBe("wallet.refused");
    expect(progress.find((one) => one.step === "sign_manifest")).toMatchObject({ done: 0, total: 3, unit: "steps" });
    expect(node.uploads.size).toBe(0);
    doctorWallet.signed.length = 0;
    await doctor.resumeUpload("up", "key-1", DOCTOR.address, "csrf", doctorWallet.sign, node.call, nothing);
    expect(doctorWallet.signed.map((one) => one.primaryType)).toEqual([
      "RecordManifest",
      "RecordManifest",
      "AddBatches",
    ]);
  });

  it("is gone on with by its author alone", async () => {
    node.person = DOCTOR.address;
    const refusing = () => Promise.reject(new MendrecError("wallet.refused", "No."));
    await fails(doctor.upload("up", uploading(node, DOCTOR.address, [item("A", "a")]), refusing, node.call, nothing));
    const asked = node.asked.length;
    const other = doctor.resumeUpload("up", "key-1", PATIENT.address, "csrf", patientWallet.sign, node.call, nothing);
    expect((await fails(other)).code).toBe("not_found.upload");
    expect(patientWallet.signed).toEqual([]);
    expect(node.asked).toHaveLength(asked);
    expect(await doctor.unfinishedUploads(DOCTOR.address)).toHaveLength(1);
  });

  it("says that files have to be chosen again where sealing was not finished, and seals the rest only", async () => {
    const broken = { ...item("B", "b"), content: new Blob(["b"]) };
    broken.content.stream = () => {
      throw new DOMException("gone", "NotReadableError");
    };
    const asked = uploading(node, DOCTOR.address, [item("A", "a"), broken]);
    expect((await fails(doctor.upload("up", asked, doctorWallet.sign, node.call, nothing))).code).toBe(
      "input.file_changed",
    );
    const error = await fails(
      doctor.resumeUpload("up", "key-1", DOCTOR.address, "csrf", doctorWallet.sign, node.call, nothing),
    );
    expect(error).toMatchObject({ code: "input.choose_again", details: { sealed: 1, total: 2 } });
    node.person = DOCTOR.address;
    const others = uploading(node, DOCTOR.address, [item("A", "other"), item("B", "b")]);
    expect((await fails(doctor.upload("up", others, doctorWallet.sign, node.call, nothing))).code).toBe(
      "input.sealed_otherwise",
    );
    const same = uploading(node, DOCTOR.address, [item("A", "a"), item("B", "b")]);
    expect((await doctor.upload("up", same, doctorWallet.sign, node.call, nothing)).records).toHaveLength(2);
  });

  it("takes the next place where somebody else was faster", async () => {
    node.person = DOCTOR.address;
    let finishes = 0;
    node.before = (request) => {
      if (request.url.endsWith("/finish") && finishes++ === 0) {
        node.addEntry(PATIENT.address, 2, ["ab".repeat(32)], false);
      }
      return null;
    };
    const asked = uploading(node, DOCTOR.address, [item("A", "a")]);
    const done = await doctor.upload("up", asked, doctorWallet.sign, node.call, nothing);
    expect(done.records).toEqual([{ sequence: 1, leafIndex: null }]);
  });

  it("is announced anew where the node has given it up", async () => {
    node.person = DOCTOR.address;
    const refusing = () => Promise.reject(new MendrecError("wallet.refused", "No."));
    const onlyManifests: typeof doctorWallet.sign = (typedData) =>
      typedData.primaryType === "RecordManifest" ? doctorWallet.sign(typedData) : refusing();
    const asked = uploading(node, DOCTOR.address, [item("A", "a")]);
    await fails(doctor.upload("up", asked, onlyManifests, node.call, nothing));
    for (const one of node.uploads.values()) {
      one.state = "expired";
    }
    expect(
      (await doctor.resumeUpload("up", "key-1", DOCTOR.address, "csrf", doctorWallet.sign, node.call, nothing)).records,
    ).toHaveLength(1);
    expect(node.uploads.size).toBe(2);
  });

  it("leaves nothing here or at the node where it is cancelled", async () => {
    node.person = DOCTOR.address;
    const asked = uploading(node, DOCTOR.address, [big()]);
    node.before = async (request) => {
      if (request.method === "PUT") {
        await doctor.cancel("up");
      }
      return null;
    };
    expect((await fails(doctor.upload("up", asked, doctorWallet.sign, node.call, nothing))).code).toBe("cancelled");
    node.before = () => null;
    expect(await doctor.unfinishedUploads(DOCTOR.address)).toEqual([]);
    expect([...node.uploads.values()].map((one) => one.state)).toEqual(["expired"]);
    expect(
      (await fails(doctor.resumeUpload("up2", "key-1", DOCTOR.address, "csrf", doctorWallet.sign, node.call, nothing)))
        .code,
    ).toBe("not_found.upload");
  });

  it("stays for later where the vault is locked meanwhile", async () => {
    node.person = DOCTOR.address;
    const locking: typeof doctorWallet.sign = async (typedData) => {
      await doctor.lock();
      return doctorWallet.sign(typedData);
    };
    await fails(
      doctor.upload(
        "up",
        uploading(node, DOCTOR.address, [item("A", "a"), item("B", "b")]),
        locking,
        node.call,
        nothing,
      ),
    );
    expect(await doctor.unfinishedUploads(DOCTOR.address)).toMatchObject([{ titles: [], sealed: 2 }]);
  });
});

describe("reading over a bad line", () => {
  it("takes a payload up from where it broke off", async () => {
    await doctorUploads([item("Big", new Uint8Array(500_000).fill(3))]);
    const listed = await patientLists();
    let broke = 0;
    node.before = async (request) => {
      if (!request.url.endsWith("/payload") || broke++ > 0) {
        return null;
      }
      const whole = [...node.blocks.values()].find((one) => one.length > 500_000) ?? new Uint8Array(0);
      let sent = false;
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
        if (sent) {
          controller.error(new TypeError("line broke"));
        } else {
          sent = true;
          controller.enqueue(whole.slice(0, 200_000));
        }
      };
      return new Response(new ReadableStream({ pull }));
    };
    const [opened] = await patient.open("open", node.reading(PATIENT.address), listed, patientWallet.sign, nothing);
    expect(opened?.blob.size).toBe(500_000);
    expect(node.asked.filter((one) => one.endsWith("/payload"))).toHaveLength(2);
  });

  it("asks again where the line breaks for a moment", async () => {
    await doctorUploads([item("A", "a")]);
    let breaks = 2;
    node.before = (request) => (request.url.endsWith("/envelopes") && breaks-- > 0 ? new TypeError("line") : null);
    expect((await patientLists())[0]?.descriptor?.title).toBe("A");
  });

  it("waits where the node says not so fast", async () => {
    await doctorUploads([item("A", "a")]);
    let refusals = 3;
    node.before = () => (refusals-- > 0 ? refusal(429, "refused.rate", "Slower.", { "Retry-After": "1" }) : null);
    expect(await patientLists()).toHaveLength(1);
  });

  it("says whose clock is wrong where a request counts as stale", async () => {
    await doctorUploads([item("A", "a")]);
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    node.before = (request) =>
      request.url.endsWith("/release")
        ? refusal(403, "refused.release.stale", "Past its deadline.", { Date: date })
        : null;
    const [listed] = await doctorLists();
    expect(listed?.refusal?.code).toBe("refused.release.stale");
    const error = await fails(
      doctor.open("o", node.reading(DOCTOR.address), listed ? [listed] : [], doctorWallet.sign, nothing),
    );
    expect(error.details.clock_ahead_s).toBeGreaterThan(3_500);
  });

  it("stops a list where the wallet refuses, the session is over, or it is cancelled", async () => {
    await doctorUploads([item("A", "a")]);
    const refusing = () => Promise.reject(new MendrecError("wallet.refused", "No."));
    expect((await fails(doctor.list("l", node.reading(DOCTOR.address), refusing, nothing))).code).toBe(
      "wallet.refused",
    );
    node.before = (request) => (request.url.endsWith("/manifest") ? refusal(401, "unauthenticated", "Over.") : null);
    expect((await fails(patientLists())).code).toBe("refused.sign_in_needed");
    node.before = async () => {
      await patient.cancel("list");
      return null;
    };
    expect((await fails(patientLists())).code).toBe("cancelled");
  });
});

describe("the identity", () => {
  it("is taken up again in the same browser without its text, and forgotten when locked", async () => {
    const again = patientBrowser.open();
    expect(await again.resume(PATIENT.address, node.doctorRecipient)).toBe(false);
    expect(await again.resume(PATIENT.address, node.patientRecipient)).toBe(true);
    const place = { account: PATIENT.address, slot: "settings", version: 1 };
    expect(await again.openFromSelf(place, await again.sealToSelf(place, { a: 1 }))).toEqual({
      version: 1,
      content: { a: 1 },
    });
    expect((await fails(again.backupWithPassphrase("p"))).code).toBe("refused.key_not_readable");
    await again.lock();
    expect(await again.recipient()).toBeNull();
    expect((await fails(again.openFromSelf(place, new Uint8Array(3)))).code).toBe("refused.vault_locked");
    expect(await patientBrowser.open().resume(PATIENT.address, node.patientRecipient)).toBe(false);
  });

  it("is restored in a new browser by the wallet alone, and only if it is the published one", async () => {
    const first = browser(node).open();
    const made = await first.create(SITE, PATIENT.address, patientWallet.sign);
    const second = browser(node).open();
    await second.restore(made.backup, SITE, PATIENT.address, made.recipient, patientWallet.sign);
    expect(await second.recipient()).toBe(made.recipient);
    const third = browser(node).open();
    const older = await fails(
      third.restore(made.backup, SITE, PATIENT.address, node.patientRecipient, patientWallet.sign),
    );
    expect(older.code).toBe("verification.identity_backup");
    const other = await fails(third.restore(made.backup, SITE, PATIENT.address, made.recipient, doctorWallet.sign));
    expect(other.code).toBe("verification.cannot_open");
    expect(await third.recipient()).toBeNull();
  });

  describe("that was replaced", () => {
    const opens = async (vault: Vault) => {
      const [listed] = await vault.list("list", node.reading(PATIENT.address), patientWallet.sign, nothing);
      const asked = node.reading(PATIENT.address);
      const [opened] = await vault.open("open", asked, listed ? [listed] : [], patientWallet.sign, nothing);
      return await opened?.blob.text();
    };
    const isClosed = { code: "verification.cannot_open.own" };

    it("goes on opening what was sealed for it, in the browser that keeps it, until that is locked", async () => {
      await doctorUploads([item("A", "before")]);
      const { recipient } = await patient.create(SITE, PATIENT.address, patientWallet.sign);
      expect(await opens(patient)).toBe("before");
      const reloaded = patientBrowser.open();
      expect(await reloaded.resume(PATIENT.address, recipient)).toBe(true);
      expect(await reloaded.recipient()).toBe(recipient);
      expect(await opens(reloaded)).toBe("before");
      await reloaded.lock();
      const made = await reloaded.create(SITE, PATIENT.address, patientWallet.sign);
      expect(await fails(opens(reloaded))).toMatchObject(isClosed);
      expect(await reloaded.recipient()).toBe(made.recipient);
    });

    it("is taken up from its backup in another browser, beside the one that counts", async () => {
      const first = await patient.create(SITE, PATIENT.address, patientWallet.sign);
      node.patientRecipient = first.recipient;
      await doctorUploads([item("A", "before")]);
      const other = browser(node);
      const vault = other.open();
      const asOlder = () => vault.restoreOlder(first.backup, SITE, PATIENT.address, patientWallet.sign);
      expect((await fails(asOlder())).code).toBe("refused.vault_locked");
      const { recipient } = await vault.create(SITE, PATIENT.address, patientWallet.sign);
      expect(await fails(opens(vault))).toMatchObject(isClosed);
      const anothers = vault.restoreOlder(first.backup, SITE, PATIENT.address, doctorWallet.sign);
      expect((await fails(anothers)).code).toBe("verification.cannot_open");
      expect(await asOlder()).toBe(first.recipient);
      expect([await vault.recipient(), await opens(vault)]).toEqual([recipient, "before"]);
      const reloaded = other.open();
      await reloaded.resume(PATIENT.address, recipient);
      expect(await opens(reloaded)).toBe("before");
      await reloaded.forget();
      expect(await fails(opens(reloaded))).toMatchObject({ code: "refused.vault_locked" });
    });

    it("opens on, where the one that counts now was made elsewhere and restored here by the wallet", async () => {
      await doctorUploads([item("A", "before")]);
      const elsewhere = browser(node).open();
      const made = await elsewhere.create(SITE, PATIENT.address, patientWallet.sign);
      const reloaded = patientBrowser.open();
      expect(await reloaded.resume(PATIENT.address, made.recipient)).toBe(false);
      await reloaded.restore(made.backup, SITE, PATIENT.address, made.recipient, patientWallet.sign);
      expect(await opens(reloaded)).toBe("before");
    });

    it("never becomes the one that counts, whatever is said to be published", async () => {
      const first = await patient.create(SITE, PATIENT.address, patientWallet.sign);
      const other = browser(node);
      const vault = other.open();
      const { recipient, backup } = await vault.create(SITE, PATIENT.address, patientWallet.sign);
      await vault.restoreOlder(first.backup, SITE, PATIENT.address, patientWallet.sign);
      expect(await vault.restoreOlder(backup, SITE, PATIENT.address, patientWallet.sign)).toBe(recipient);
      expect(await other.open().resume(PATIENT.address, first.recipient)).toBe(false);
      expect(await other.open().resume(PATIENT.address, recipient)).toBe(true);
    });

    it("is not taken up for somebody else who came in while the wallet was asked", async () => {
      const first = await patient.create(SITE, PATIENT.address, patientWallet.sign);
      const vault = browser(node).open();
      await vault.create(SITE, PATIENT.address, patientWallet.sign);
      const late: typeof patientWallet.sign = async (typedData) => {
        const signature = await patientWallet.sign(typedData);
        await vault.create(SITE, DOCTOR.address, doctorWallet.sign);
        return signature;
      };
      const taking = vault.restoreOlder(first.backup, SITE, PATIENT.address, late);
      expect((await fails(taking)).code).toBe("refused.vault_locked");
    });

    it("is taken up by its passphrase too, and is nobody else's", { timeout: 60_000 }, async () => {
      const first = await patient.createWithPassphrase(PATIENT.address, "correct horse");
      node.patientRecipient = first.recipient;
      await doctorUploads([item("A", "before")]);
      const vault = browser(node).open();
      await vault.create(SITE, PATIENT.address, patientWallet.sign);
      const asOlder = (words: string) => vault.restoreOlderWithPassphrase(first.backup, words, PATIENT.address);
      expect((await fails(asOlder("wrong"))).code).toBe("input.wrong_passphrase");
      expect(await asOlder("correct horse")).toBe(first.recipient);
      expect(await opens(vault)).toBe("before");
      await vault.create(SITE, DOCTOR.address, doctorWallet.sign);
      expect(await fails(opens(vault))).toMatchObject({ code: "refused.vault_locked" });
    });
  });

  it.each(["lock", "forget"] as const)("is not held where %s came while the wallet was asked", async (how) => {
    const fresh = browser(node);
    const vault = fresh.open();
    const made = await vault.create(SITE, PATIENT.address, patientWallet.sign);
    await vault.lock();
    const late: typeof patientWallet.sign = async (typedData) => {
      const signature = await patientWallet.sign(typedData);
      await vault[how]();
      return signature;
    };
    const restoring = vault.restore(made.backup, SITE, PATIENT.address, made.recipient, late);
    expect((await fails(restoring)).code).toBe("cancelled");
    expect((await fails(vault.create(SITE, PATIENT.address, late))).code).toBe("cancelled");
    expect(await vault.recipient()).toBeNull();
    expect(await fresh.open().resume(PATIENT.address, made.recipient)).toBe(false);
  });

  it("that this browser kept is taken up by its own account alone, and by nobody once it is locked", async () => {
    expect(await patientBrowser.open().resume(DOCTOR.address, node.patientRecipient)).toBe(false);
    const again = patientBrowser.open();
    const taking = again.resume(PATIENT.address, node.patientRecipient);
    await again.forget();
    expect((await fails(taking)).code).toBe("cancelled");
    expect(await again.recipient()).toBeNull();
    expect(await again.resume(PATIENT.address, node.patientRecipient)).toBe(true);
  });

  it("opened by a passphrase is one person's, and nobody's once it is locked", { timeout: 60_000 }, async () => {
    await doctorUploads([item("A", "a")]);
    const listed = await patientLists();
    const vault = browser(node).open();
    const made = await vault.createWithPassphrase(PATIENT.address, "correct horse");
    const restore = () => vault.restoreWithPassphrase(made.backup, "correct horse", PATIENT.address, made.recipient);
    await vault.lock();
    await restore();
    const asOther = vault.open("o", node.reading(DOCTOR.address), listed, doctorWallet.sign, nothing);
    expect((await fails(asOther)).code).toBe("refused.vault_locked");
    const late = restore();
    await vault.lock();
    expect((await fails(late)).code).toBe("cancelled");
    expect(await vault.recipient()).toBeNull();
  });

  it("of one person does not read for another", async () => {
    await doctorUploads([item("A", "a")]);
    const [listed] = await patientLists();
    const error = await fails(
      patient.open("o", node.reading(DOCTOR.address), listed ? [listed] : [], patientWallet.sign, nothing),
    );
    expect(error.code).toBe("refused.vault_locked");
  });
});

function never(): never {
  throw new Error("not there");
}
