import "fake-indexeddb/auto";
import { openDB } from "idb";
import { expect, it, vi } from "vitest";
import { newIdentity, recipientOf } from "../core/age.ts";
import { backupWithWallet } from "../core/identityBackup.ts";
import { LazyDatabase, openDatabase } from "./database.ts";
import { NodeHttp } from "./nodeHttp.ts";
import { PATIENT } from "./testing/fakeNode.ts";
import { makeVault } from "./vault.ts";

const SITE = "https://node.example";
const sign = async () => `0x${"11".repeat(64)}1b` as const;

/** A vault that keeps a key in the browser's database of that name, and what it tells other tabs. */
async function holding(name: string, database = new LazyDatabase((isAny) => openDatabase(name, isAny))) {
  const postMessage = vi.fn();
  const channel = { addEventListener: () => undefined, postMessage } as unknown as BroadcastChannel;
  const vault = makeVault({ http: new NodeHttp(), database, channel });
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const backup = await backupWithWallet(identity, { account: PATIENT.address, site: SITE, sign });
  await vault.restore(backup, SITE, PATIENT.address, recipient, sign);
  return { vault, postMessage, recipient, database };
}

it("takes the key away in an older tab too, though a newer page has made more of the database", async () => {
  const { vault, postMessage } = await holding("older");
  const newer = await openDB("older", 3, { upgrade: (database) => void database.createObjectStore("more") });
  expect(await newer.count("identities")).toBe(1);
  await vault.lock();
  expect(await newer.count("identities")).toBe(0);
  expect(postMessage.mock.calls).toEqual([["locked"]]);
  newer.close();
});

it("tells the other tabs to forget theirs though the browser does not let go of its copy", async () => {
  const { vault, postMessage, database } = await holding("stuck");
  vi.spyOn(database, "clear").mockRejectedValue(new DOMException("no", "UnknownError"));
  await expect(vault.lock()).rejects.toThrow();
  expect(await vault.recipient()).toBeNull();
  expect(postMessage.mock.calls).toEqual([["locked"]]);
});

it("opens the database anew where it was closed for another tab that then went away", async () => {
  const { vault, recipient, database } = await holding("again");
  await new Promise<void>((resolve, reject) => {
    const gone = indexedDB.open("again", 3);
    gone.onupgradeneeded = () => gone.transaction?.abort();
    gone.onerror = () => resolve();
    gone.onsuccess = () => reject(new Error("not aborted"));
  });
  expect(await (await database.get()).count("identities")).toBe(1);
  await vault.forget();
  expect(await vault.resume(PATIENT.address, recipient)).toBe(true);
});
