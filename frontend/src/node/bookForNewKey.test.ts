import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import { LazyDatabase, openDatabase } from "../vault/database.ts";
import { makeVault } from "../vault/vault.ts";
import { readContacts, saveContact } from "./contacts.ts";
import { readKeptBook } from "./keptBook.ts";
import { replaceIdentity } from "./replaceIdentity.ts";
import { settleReplacement } from "./settleReplacement.ts";
import { ACCOUNT, type Asked, OTHER, refusal, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

const SITE = "https://node.example";
let browsers = 0;

beforeEach(() => {
  const texts = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

/** Somebody with a key, a safe, and a name that they gave. */
async function somebody() {
  const node = scriptedNode();
  const slots = new Map<string, { version: number; sealed: string }>();
  const state = { recipient: "" };
  const slotOf = (path: string) => path.split("/").at(-1) ?? "";
  node.answers.set("GET /v1/me", () => ({
    person: {
      address: ACCOUNT,
      roles: [],
      suspended: false,
      recipient: state.recipient,
      standing: { good: true, code: null, message: null },
      credential: { state: "none", expires_at: null, institution: null, verifier: null },
    },
    session_id: "s",
  }));
  node.answers.set("GET /v1/me/safe/*", ({ path }: Asked) => {
    const item = slots.get(slotOf(path));
    return item === undefined ? refusal(404, "not_found") : { slot: slotOf(path), ...item, changed_at: 1 };
  });
  node.answers.set("PUT /v1/me/safe/*", ({ path, body }: Asked) => {
    const { sealed, expected_version } = body as { sealed: string; expected_version: number };
    const slot = slotOf(path);
    if (expected_version !== (slots.get(slot)?.version ?? 0)) return refusal(409, "conflict.safe");
    slots.set(slot, { version: expected_version + 1, sealed });
    return { slot, version: expected_version + 1, changed_at: 1 };
  });
  const browser = `book-${browsers++}`;
  const vault = makeVault({ database: new LazyDatabase(() => openDatabase(browser)) });
  const { client, provider } = await scriptedClient(node, vault);
  const made = await vault.create(SITE, ACCOUNT, (typedData) => client.wallet.signTypedData(typedData));
  state.recipient = made.recipient;
  await saveContact(client, { address: OTHER, name: "우리 의사" });
  return { node, state, client, provider, slots };
}

it("the list of names goes along to the new key", async () => {
  const { client, slots, state } = await somebody();
  const before = slots.get("address-book");
  state.recipient = await replaceIdentity(client, { site: SITE });
  expect(await client.vault.recipient()).toBe(state.recipient);
  expect(slots.get("address-book")?.sealed).not.toBe(before?.sealed);
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");
  expect(readKeptBook(ACCOUNT)).toBeNull();
  // It counts as newer than the one that the old key opens.
  slots.set("address-book", before ?? { version: 1, sealed: "" });
  await expect(readContacts(client)).rejects.toMatchObject({ code: "verification.address_book_closed" });
});

it("goes along in another try, after the wallet said no, and is not given up while it can't be had", async () => {
  const { node, client, provider, state } = await somebody();
  const old = state.recipient;
  provider.switches.refuses = true;
  await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "wallet.refused" });
  provider.switches.refuses = false;
  node.answers.set("POST /v1/acts", refusal(403, "refused.Directory.InvalidRecipient"));
  await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({
    code: "refused.Directory.InvalidRecipient",
  });
  expect(await client.vault.recipient()).toBe(old);
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");

  const answer = node.answers.get("GET /v1/me/safe/*") as (asked: Asked) => unknown;
  node.answers.set("GET /v1/me/safe/*", (asked: Asked) =>
    asked.path.endsWith("address-book") ? refusal(503, "unavailable.database") : answer(asked),
  );
  await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "unavailable.database" });
  expect(await client.vault.recipient()).toBe(old);
});

it("goes along where nobody waited for the new key, and stays with the old one until then", async () => {
  const { node, client, slots, state } = await somebody();
  const old = state.recipient;
  const before = slots.get("address-book")?.sealed;
  node.answers.set("GET /v1/acts/*", refusal(401, "unauthenticated"));
  await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "refused.sign_in_needed" });
  const acts = [...node.acts.values()].map((act) => ({ ...act, state: "sent" }) as RelayedActAnswered);
  node.answers.set("GET /v1/acts", { items: acts, next_cursor: null });
  const fresh = (await client.vault.recipient()) ?? "";
  expect(await client.vault.resume(ACCOUNT, old)).toBe(true);
  await settleReplacement(client, { published: old });
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");
  expect(slots.get("address-book")?.sealed).toBe(before);

  state.recipient = fresh; // a block later
  expect(await client.vault.resume(ACCOUNT, fresh)).toBe(true);
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");
  await settleReplacement(client, { published: fresh });
  expect(slots.get("address-book")?.sealed).not.toBe(before);
  expect(readKeptBook(ACCOUNT)).toBeNull();
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");
});
