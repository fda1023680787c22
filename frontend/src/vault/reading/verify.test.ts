/** What counts as checked where the node, the contract or the vault keep something from being looked at. */
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { MendrecError } from "../../core/errors.ts";
import type { Address, ListedRecord, VerificationStep } from "../../node/types.ts";
import { contractRefused } from "../../wallet/errors.ts";
import { LazyDatabase, openDatabase } from "../database.ts";
import { DatabaseFiles } from "../keptFiles.ts";
import { NodeHttp } from "../nodeHttp.ts";
import { DOCTOR, FakeNode, PATIENT, refusal, signerOf } from "../testing/fakeNode.ts";
import type { Vault } from "../types.ts";
import { makeVault } from "../vault.ts";
import { STEPS } from "./verify.ts";

const SITE = "https://node.example";
const OTHER = `0x${"77".repeat(20)}` as Address;
const nothing = () => undefined;
let opened = 0;
let node: FakeNode;
let patient: Vault;
let record: ListedRecord;

function vault(): Vault {
  const database = new LazyDatabase(() => openDatabase(`checking-${opened++}`));
  const http = new NodeHttp(node.fetch as typeof fetch, async () => undefined);
  return makeVault({ http, database, files: async () => new DatabaseFiles(database) });
}

beforeEach(async () => {
  node = await FakeNode.create();
  patient = vault();
  const doctor = vault();
  node.patientRecipient = (await patient.create(SITE, PATIENT.address, signerOf(PATIENT).sign)).recipient;
  node.doctorRecipient = (await doctor.create(SITE, DOCTOR.address, signerOf(DOCTOR).sign)).recipient;
  node.person = DOCTOR.address;
  const content = new Blob(["words"]);
  const rest = { mediaType: "text/plain", fhirType: null, codes: [], fileName: null, content };
  const items = [{ title: "A note", categoryCode: "laboratory", ...rest }];
  const asked = { trust: node.trust, author: DOCTOR.address, patient: PATIENT.address, ownRecipient: null, items };
  await doctor.upload(
    "up",
    { ...asked, private: false, key: "k", csrfToken: "csrf" },
    signerOf(DOCTOR).sign,
    node.call,
    nothing,
  );
  node.person = PATIENT.address;
  const [found] = await patient.list("list", node.reading(PATIENT.address), signerOf(PATIENT).sign, nothing);
  if (found === undefined) {
    throw new Error("no record");
  }
  record = found;
});

async function check(reader: Address = PATIENT.address, call = node.call) {
  const steps = new Map<string, string>();
  const onStep = (step: VerificationStep) => void steps.set(step.id, step.state);
  const error = await patient
    .verify("check", node.reading(reader), record, call, onStep)
    .then(() => null)
    .catch((thrown: unknown) => thrown as MendrecError);
  return { code: error?.code ?? "good", not: STEPS.filter((id) => steps.get(id) !== "holds"), steps };
}

const refuses = (code: string, ...ends: string[]) => {
  node.before = ({ url }) =>
    ends.some((end) => new URL(url).pathname.endsWith(end)) ? refusal(403, code, "Not yours.") : null;
};

describe("a check that could not look at everything", () => {
  it.each([
    ["refused.not_yours", ["/entries", "/manifest", "/payload", "/envelopes"]],
    ["refused.not_yours", ["/entries"]],
    ["refused.not_yours", ["/payload"]],
    ["refused.not_yours", ["/envelopes"]],
    ["refused.not_asked", ["/envelopes"]],
    ["refused.release.private", ["/payload"]],
    ["refused.vault_locked", ["/envelopes"]],
  ])("is not good for the patient where the node says %s to %j", async (code, ends) => {
    refuses(code, ...ends);
    const { code: found, not } = await check();
    expect(not).not.toEqual([]);
    expect(found).not.toBe("good");
  });

  it("is bad where the contract has no such entry", async () => {
    const reverts = () => Promise.reject(contractRefused({ data: null }));
    for (const reader of [PATIENT.address, DOCTOR.address, OTHER]) {
      const { code, steps } = await check(reader, reverts);
      expect([code, steps.get("entry_on_chain")]).toEqual(["verification.node", "fails"]);
    }
  });

  it("is not good where the vault is locked, for which the keys can't be compared", async () => {
    await patient.lock();
    const { code, not } = await check();
    expect([code, not]).toEqual(["refused.vault_locked", ["keys_match"]]);
  });

  it("tells a key that was replaced since from a record that is wrong, in the check as in the list", async () => {
    await patient.lock(); // it keeps the one before, else
    await patient.create(SITE, PATIENT.address, signerOf(PATIENT).sign);
    expect(await check()).toMatchObject({ code: "verification.cannot_open.own", not: ["keys_match"] });
    const anew = vault();
    await anew.create(SITE, PATIENT.address, signerOf(PATIENT).sign);
    const [found] = await anew.list("list", node.reading(PATIENT.address), signerOf(PATIENT).sign, nothing);
    expect(found?.refusal?.code).toBe("verification.cannot_open.own");
  });

  it("may go without what is for the patient and readers, where another asks", async () => {
    expect(await check(OTHER)).toMatchObject({ code: "good", not: ["keys_match"] });
    refuses("refused.not_yours", "/payload", "/envelopes");
    expect(await check(OTHER)).toMatchObject({ code: "good", not: ["envelopes_cid", "payload_cid", "keys_match"] });
  });

  it("does not go without the chain, but for an author", async () => {
    refuses("refused.not_yours", "/entries");
    expect((await check(OTHER)).code).toBe("refused.not_yours");
    expect((await check(DOCTOR.address)).code).toBe("good");
  });

  it.each(["/proof", "/manifest"])("does not go without %s, whoever asks", async (end) => {
    refuses("refused.not_yours", end);
    for (const reader of [OTHER, DOCTOR.address]) {
      expect((await check(reader)).code).toBe(
        end === "/proof" && record.leafIndex === null ? "good" : "refused.not_yours",
      );
    }
  });

  it("takes no other refusal from anybody", async () => {
    refuses("refused.release.private", "/payload");
    expect((await check(OTHER)).code).toBe("refused.release.private");
    const rude = () => Promise.reject(new MendrecError("refused.not_yours", "No."));
    expect((await check(DOCTOR.address, rude)).code).toBe("verification.node");
  });
});
