import "fake-indexeddb/auto";
import { expect, it } from "vitest";
import { newIdentity, openWith, recipientOf, sealTo } from "../core/age.ts";
import { fromBase64, fromUtf8, toBase64, toUtf8 } from "../core/bytes.ts";
import { backupWithWallet } from "../core/identityBackup.ts";
import { LazyDatabase, openDatabase } from "../vault/database.ts";
import type { Vault } from "../vault/types.ts";
import { makeVault } from "../vault/vault.ts";
import { readContacts, saveContact } from "./contacts.ts";
import { ACCOUNT, type Asked, OTHER, refusal, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

/** Made where it is needed: each test has a browser of its own, which remembers what it saw. */
async function vaultOf(browser = `contacts-${browsers++}`): Promise<Vault> {
  const vault = makeVault({ database: new LazyDatabase(() => openDatabase(browser)) });
  await vault.restore(BACKUP, SITE, ACCOUNT, RECIPIENT, sign);
  return vault;
}

const SITE = "https://node.example";
const SLOT = "address-book";
const sign = async () => `0x${"11".repeat(64)}1b` as const;
const IDENTITY = await newIdentity();
const RECIPIENT = await recipientOf(IDENTITY);
const BACKUP = await backupWithWallet(IDENTITY, { account: ACCOUNT, site: SITE, sign });
const at = (version: number) => ({ account: ACCOUNT, slot: SLOT, version });
const bookOf = (contacts: Record<string, { name: string; changed_at: number }>) => ({
  format: "mendrec-address-book/1",
  contacts,
});
let browsers = 0;

function safeOf(item: { version: number; sealed: string } | null = null) {
  const node = scriptedNode();
  const state = { item };
  node.answers.set("GET /v1/me/safe/address-book", () =>
    state.item === null ? refusal(404, "not_found") : { slot: "address-book", ...state.item, changed_at: 1 },
  );
  node.answers.set("PUT /v1/me/safe/address-book", ({ body }: Asked) => {
    const { sealed, expected_version } = body as { sealed: string; expected_version: number };
    if (expected_version !== (state.item?.version ?? 0)) {
      return refusal(409, "conflict.safe");
    }
    state.item = { version: expected_version + 1, sealed };
    return { slot: "address-book", version: state.item.version, changed_at: 1 };
  });
  return { node, state };
}

it("keeps names that only the vault can read", async () => {
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf());
  expect([...(await readContacts(client))]).toEqual([]);
  await saveContact(client, { address: OTHER, name: "  우리 의사  " });
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");
  const sealed = fromBase64(state.item?.sealed ?? "");
  expect(new TextDecoder().decode(sealed)).not.toContain("우리 의사");
  expect(fromUtf8(await openWith(IDENTITY, sealed))).toContain("우리 의사");
});

it("takes a name away for good", async () => {
  const { node } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf());
  await saveContact(client, { address: OTHER, name: "x" });
  expect([...(await saveContact(client, { address: OTHER, name: null }))]).toEqual([]);
});

it("makes its change to what another tab wrote meanwhile", async () => {
  const { node, state } = safeOf();
  const vault = await vaultOf();
  const { client } = await scriptedClient(node, vault);
  const put = node.answers.get("PUT /v1/me/safe/address-book") as (asked: Asked) => unknown;
  let isFirst = true;
  node.answers.set("PUT /v1/me/safe/address-book", async (asked: Asked) => {
    if (isFirst) {
      isFirst = false;
      const book = bookOf({ [ACCOUNT]: { name: "me", changed_at: 1 } });
      state.item = { version: 5, sealed: toBase64(await vault.sealToSelf(at(5), book)) };
    }
    return put(asked);
  });
  const names = await saveContact(client, { address: OTHER, name: "you" });
  expect([names.get(ACCOUNT), names.get(OTHER)]).toEqual(["me", "you"]);
  expect(state.item?.version).toBe(6);
});

it("does not write over a book of another format", async () => {
  const vault = await vaultOf();
  const sealed = toBase64(await vault.sealToSelf(at(1), { format: "mendrec-address-book/9" }));
  const { node, state } = safeOf({ version: 1, sealed });
  const { client } = await scriptedClient(node, vault);
  const saved = saveContact(client, { address: OTHER, name: "x" });
  await expect(saved).rejects.toMatchObject({ code: "verification.address_book" });
  expect(state.item?.version).toBe(1);
});

it("believes no book that a stranger sealed to oneself, and none of before there were tags", async () => {
  const book = bookOf({ [OTHER]: { name: "우리 의사", changed_at: 1 } });
  const { node } = safeOf({ version: 1, sealed: toBase64(await sealTo(RECIPIENT, toUtf8(JSON.stringify(book)))) });
  const { client } = await scriptedClient(node, await vaultOf());
  const code = "verification.sealed_to_oneself_mismatch";
  await expect(readContacts(client)).rejects.toMatchObject({ code });
  await expect(saveContact(client, { address: OTHER, name: "x" })).rejects.toMatchObject({ code });
});

it("believes no older book under a newer number, and none of another slot or account", async () => {
  const vault = await vaultOf();
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, vault);
  await saveContact(client, { address: OTHER, name: "x" });
  const first = state.item?.sealed ?? "";
  await saveContact(client, { address: OTHER, name: "y" });
  state.item = { version: 2, sealed: toBase64(await vault.sealToSelf({ ...at(2), slot: "settings" }, bookOf({}))) };
  await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.sealed_to_oneself_mismatch" });
  for (const sealed of [first, toBase64(await vault.sealToSelf(at(2), bookOf({})))]) {
    for (const version of [2, 3]) {
      state.item = { version, sealed };
      await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.sealed_to_oneself_older" });
    }
  }
});

it("takes back nothing older than this browser has seen, be it nothing at all, after a reload too", async () => {
  const browser = `contacts-${browsers++}`;
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf(browser));
  await saveContact(client, { address: OTHER, name: "x" });
  const first = state.item;
  await saveContact(client, { address: OTHER, name: null });
  const { client: reloaded } = await scriptedClient(node, await vaultOf(browser));
  for (const item of [first, null]) {
    state.item = item;
    for (const asking of [client, reloaded]) {
      await expect(readContacts(asking)).rejects.toMatchObject({ code: "verification.sealed_to_oneself_older" });
    }
  }
  // A browser that never saw the newer one can't know.
  state.item = first;
  const { client: elsewhere } = await scriptedClient(node, await vaultOf());
  expect((await readContacts(elsewhere)).get(OTHER)).toBe("x");
});

it("does not take for older what was fetched before another tab wrote", async () => {
  const vault = await vaultOf();
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, vault);
  await saveContact(client, { address: OTHER, name: "x" });
  const get = node.answers.get("GET /v1/me/safe/address-book") as () => unknown;
  node.answers.set("GET /v1/me/safe/address-book", async () => {
    const answer = get();
    await vault.openFromSelf({ account: ACCOUNT, slot: SLOT }, await vault.sealToSelf(at(2), bookOf({})));
    return answer;
  });
  expect((await readContacts(client)).get(OTHER)).toBe("x");
  expect(state.item?.version).toBe(1);
});

it("says where the node keeps it as another version than it was given", async () => {
  const { node } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf());
  node.answers.set("PUT /v1/me/safe/address-book", { slot: SLOT, version: 7, changed_at: 1 });
  const saved = saveContact(client, { address: OTHER, name: "x" });
  await expect(saved).rejects.toMatchObject({ code: "verification.node" });
});

it("says that a book is of another key, as after a key was replaced", async () => {
  const sealed = await sealTo(await recipientOf(await newIdentity()), toUtf8("{}"));
  const { node } = safeOf({ version: 1, sealed: toBase64(sealed) });
  const { client } = await scriptedClient(node, await vaultOf());
  await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.address_book_closed" });
});

it("begins anew where the person says so, and is believed from there", async () => {
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf());
  await saveContact(client, { address: ACCOUNT, name: "me" });
  await saveContact(client, { address: ACCOUNT, name: "myself" });
  state.item = { version: 1, sealed: toBase64(await sealTo(RECIPIENT, toUtf8("{}"))) };
  await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.sealed_to_oneself_mismatch" });
  const before = state.item.sealed;
  const copies: string[] = [];
  const startsAnew = (sealed: Uint8Array) => copies.push(toBase64(sealed));
  const names = await saveContact(client, { address: OTHER, name: "x", startsAnew });
  expect([...names]).toEqual([[OTHER, "x"]]);
  expect([...(await readContacts(client))]).toEqual([[OTHER, "x"]]);
  expect(copies).toEqual([before]);
});

it("is not led back to an old list by beginning anew", async () => {
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf());
  await saveContact(client, { address: OTHER, name: "wrong" });
  await saveContact(client, { address: OTHER, name: "wrong still" });
  const old = state.item;
  await saveContact(client, { address: OTHER, name: "right" });
  state.item = null; // so says the node, and counts from the beginning
  await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.sealed_to_oneself_older" });
  await saveContact(client, { address: OTHER, name: "right", startsAnew: () => undefined });
  expect((await readContacts(client)).get(OTHER)).toBe("right");
  for (const version of [2, 9]) {
    state.item = { version, sealed: old?.sealed ?? "" };
    await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.sealed_to_oneself_older" });
  }
});

it("begins anew with a number that leaves room for the next, whatever the node counts", async () => {
  const { node } = safeOf({ version: 2 ** 52, sealed: toBase64(await sealTo(RECIPIENT, toUtf8("{}"))) });
  const { client } = await scriptedClient(node, await vaultOf());
  const saved = saveContact(client, { address: OTHER, name: "x", startsAnew: () => undefined });
  await expect(saved).rejects.toMatchObject({ code: "verification.node" });
});

it("keeps no half of a character that was cut", async () => {
  const { node } = safeOf();
  const { client } = await scriptedClient(node, await vaultOf());
  const names = await saveContact(client, { address: OTHER, name: `${"a".repeat(119)}\u{1F600}` });
  expect(names.get(OTHER)).toBe("a".repeat(119));
});
