import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { newIdentity, recipientOf, sealTo } from "../core/age.ts";
import { toUtf8 } from "../core/bytes.ts";
import { parseAddress } from "../core/ids.ts";
import { LazyDatabase, openDatabase } from "./database.ts";
import { NewestSeen } from "./newestSeen.ts";
import { makeVault } from "./vault.ts";

const ME = parseAddress("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
const OTHER = parseAddress("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");
const SLOT = { account: ME, slot: "address-book" };
const at = (version: number) => ({ ...SLOT, version });
const OLDER = { code: "verification.sealed_to_oneself_older" };

let names = 0;
const browserOf = (name = `newest-${names++}`) => new LazyDatabase(() => openDatabase(name));
const keepsNothing = () => new LazyDatabase(() => Promise.reject(new Error("not here")));

it.each([
  ["kept in the browser", browserOf],
  ["kept in memory where the browser keeps nothing", keepsNothing],
])("the newest version of a slot is %s", async (_how, make) => {
  const newest = new NewestSeen(make());
  expect(await newest.version(ME, "address-book")).toBe(0);
  await newest.note(at(5), "aa");
  await newest.note(at(4), "bb"); // another tab fetched it before
  expect(await newest.version(ME, "address-book")).toBe(5);
  await newest.note(at(5), "aa");
  expect(await newest.version(ME, "address-book")).toBe(5);
  expect([await newest.version(OTHER, "address-book"), await newest.version(ME, "settings")]).toEqual([0, 0]);
  await expect(newest.note(at(5), "cc")).rejects.toMatchObject(OLDER);
});

it("what was seen outlives the page and the key; what a stranger sealed is not seen", async () => {
  const name = `newest-${names++}`;
  const vault = makeVault({ database: browserOf(name) });
  const { recipient } = await vault.create("https://node.example", ME, async () => `0x${"11".repeat(64)}1b`);
  expect(await vault.openFromSelf(SLOT, await vault.sealToSelf(at(3), { a: 1 }))).toEqual({
    version: 3,
    content: { a: 1 },
  });
  const forged = await sealTo(recipient, toUtf8(JSON.stringify({ a: 1 })));
  const mismatch = { code: "verification.sealed_to_oneself_mismatch" };
  await expect(vault.openFromSelf(SLOT, forged)).rejects.toMatchObject(mismatch);
  const twin = await vault.sealToSelf(at(3), { a: 2 });
  await expect(vault.openFromSelf(SLOT, twin)).rejects.toMatchObject(OLDER);
  await expect(vault.sealToSelf({ ...at(4), account: OTHER }, {})).rejects.toMatchObject({
    code: "refused.vault_locked",
  });
  await vault.lock();
  expect(await makeVault({ database: browserOf(name) }).newestOfSelf(ME, "address-book")).toBe(3);
});

it("a browser that kept things before this was kept has them still", async () => {
  const name = `newest-${names++}`;
  const recipient = await recipientOf(await newIdentity());
  await new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open(name, 1);
    opening.onerror = () => reject(opening.error);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("identities", { keyPath: "recipient" }).put({ recipient, account: ME });
      opening.result.createObjectStore("uploads", { keyPath: "key" }).createIndex("author", "author");
      opening.result.createObjectStore("records");
      opening.result.createObjectStore("files");
    };
    opening.onsuccess = () => {
      opening.result.close();
      resolve();
    };
  });
  const database = await openDatabase(name);
  expect(await database.get("identities", recipient)).toEqual({ recipient, account: ME });
  expect([...database.objectStoreNames]).toContain("newest");
});
