import "fake-indexeddb/auto";
import { beforeEach, expect, it, vi } from "vitest";
import { MendrecError } from "../../core/errors.ts";
import type { ChainCall } from "../../core/typedData/contractWallet.ts";
import { LazyDatabase, openDatabase } from "../database.ts";
import { DatabaseFiles } from "../keptFiles.ts";
import { NodeHttp } from "../nodeHttp.ts";
import { DOCTOR, FakeNode, PATIENT, signerOf } from "../testing/fakeNode.ts";
import type { Vault } from "../types.ts";
import { makeVault } from "../vault.ts";

// What is paused for here is asked for at once.
vi.mock("../../core/waiting.ts", async (original) => ({ ...(await original<object>()), pause: async () => undefined }));

let opened = 0;
let node: FakeNode;
let doctor: Vault;
const { sign } = signerOf(DOCTOR);
const nothing = () => undefined;

beforeEach(async () => {
  node = await FakeNode.create();
  node.person = DOCTOR.address;
  const name = `ledger-${opened++}`;
  const database = new LazyDatabase(() => openDatabase(name));
  const http = new NodeHttp(node.fetch as typeof fetch, async () => undefined);
  doctor = makeVault({ http, database, files: async () => new DatabaseFiles(database) });
});

const rest = { categoryCode: "laboratory", mediaType: "text/plain", fhirType: null, codes: [], fileName: null };
const item = (title: string) => ({ ...rest, title, content: new Blob([title]) });

function add(call: ChainCall, titles = ["a"]) {
  const to = { trust: node.trust, author: DOCTOR.address, patient: PATIENT.address, ownRecipient: null };
  const asked = { ...to, items: titles.map(item), private: false, key: "k", csrfToken: "csrf" };
  return doctor.upload("up", asked, sign, call, nothing);
}
const goOn = (call: ChainCall) => doctor.resumeUpload("up", "k", DOCTOR.address, "csrf", sign, call, nothing);
const kept = async () => (await doctor.unfinishedUploads(DOCTOR.address)).map(({ key }) => key);
const fails = (code: string): ChainCall => {
  return async () => {
    throw new MendrecError(code, "no");
  };
};

it.each([[["a"]], [["a", "b", "c"]]])("lets go of what was sealed once the chain names it: %j", async (titles) => {
  const call = vi.fn(node.call);
  expect((await add(call, titles)).records).toHaveLength(titles.length);
  expect(call).toHaveBeenCalledTimes(1);
  expect(await kept()).toEqual([]);
});

it.each([
  ["the wallet does not answer", "wallet.gone", "unavailable.ledger"],
  ["the wallet is on another network", "wallet.wrong_chain", "unavailable.ledger"],
  ["the contract has no such entry yet", "refused.Records.UnknownEntry", "unavailable.ledger.behind"],
])("keeps it where %s, and then needs the node for nothing", async (_what, code, told) => {
  await expect(add(fails(code))).rejects.toMatchObject({ code: told });
  expect(await kept()).toEqual(["k"]);
  node.before = () => new Error("the node is away");
  expect((await goOn(node.call)).records).toEqual([{ sequence: 0, leafIndex: null }]);
  expect(await kept()).toEqual([]);
});

it("goes on by itself where the wallet's node hears of it a little later", async () => {
  const call = vi.fn(node.call).mockImplementationOnce(fails("refused.Records.UnknownEntry"));
  await add(call);
  expect(call).toHaveBeenCalledTimes(2);
});

it.each([
  ["another entry", ["a"], () => node.addEntry(DOCTOR.address, 1, ["cd".repeat(32)], false)],
  ["another batch", ["a", "b"], () => node.addEntry(DOCTOR.address, 1, ["cd".repeat(32), "ef".repeat(32)], true)],
])("keeps it where the chain has %s in its place, and asks the node again", async (_what, titles, other) => {
  const isReceipt = /^\/v1\/uploads\/[^/]+$/;
  other();
  node.lie = (path, answer) => {
    const receipt = answer.receipt as { records: { sequence: number }[] } | null;
    if (!isReceipt.test(path) || receipt === null || receipt === undefined) return answer;
    return { ...answer, receipt: { ...receipt, records: receipt.records.map((one) => ({ ...one, sequence: 0 })) } };
  };
  await expect(add(node.call, titles)).rejects.toMatchObject({ code: "verification.node" });
  expect(await kept()).toEqual(["k"]);
  node.lie = (_path, answer) => answer;
  expect((await goOn(node.call)).records[0]).toMatchObject({ sequence: 1 });
  expect(await kept()).toEqual([]);
});

it("can be stopped while the wallet does not answer", async () => {
  const adding = add(() => {
    void doctor.cancel("up");
    return new Promise(() => undefined);
  });
  await expect(adding).rejects.toMatchObject({ code: "cancelled" });
});
