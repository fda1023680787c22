import { expect, it } from "vitest";
import { fromBase64, fromUtf8, toBase64, toUtf8 } from "../core/bytes.ts";
import type { Vault } from "../vault/types.ts";
import { readContacts, saveContact } from "./contacts.ts";
import { ACCOUNT, type Asked, OTHER, refusal, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";

/** Sealing here is reversing: what goes over the wire must not be what was written. */
const VAULT: Partial<Vault> = {
  sealToSelf: async (json) => toUtf8([...JSON.stringify(json)].reverse().join("")),
  openFromSelf: async (sealed) => JSON.parse([...fromUtf8(sealed)].reverse().join("")),
};

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
  const { client } = await scriptedClient(node, VAULT);
  expect([...(await readContacts(client))]).toEqual([]);
  await saveContact(client, { address: OTHER, name: "  우리 의사  " });
  expect((await readContacts(client)).get(OTHER)).toBe("우리 의사");
  expect(fromUtf8(fromBase64(state.item?.sealed ?? ""))).not.toContain("우리 의사");
});

it("takes a name away for good", async () => {
  const { node } = safeOf();
  const { client } = await scriptedClient(node, VAULT);
  await saveContact(client, { address: OTHER, name: "x" });
  expect([...(await saveContact(client, { address: OTHER, name: null }))]).toEqual([]);
});

it("makes its change to what another tab wrote meanwhile", async () => {
  const { node, state } = safeOf();
  const { client } = await scriptedClient(node, VAULT);
  const put = node.answers.get("PUT /v1/me/safe/address-book") as (asked: Asked) => unknown;
  let isFirst = true;
  node.answers.set("PUT /v1/me/safe/address-book", async (asked: Asked) => {
    if (isFirst) {
      isFirst = false;
      const book = { format: "mendrec-address-book/1", contacts: { [ACCOUNT]: { name: "me", changed_at: 1 } } };
      state.item = { version: 5, sealed: toBase64((await VAULT.sealToSelf?.(book)) ?? new Uint8Array()) };
    }
    return put(asked);
  });
  const names = await saveContact(client, { address: OTHER, name: "you" });
  expect([names.get(ACCOUNT), names.get(OTHER)]).toEqual(["me", "you"]);
  expect(state.item?.version).toBe(6);
});

it("does not write over a book of another format", async () => {
  const sealed = toBase64((await VAULT.sealToSelf?.({ format: "mendrec-address-book/9" })) ?? new Uint8Array());
  const { node, state } = safeOf({ version: 1, sealed });
  const { client } = await scriptedClient(node, VAULT);
  const saved = saveContact(client, { address: OTHER, name: "x" });
  await expect(saved).rejects.toMatchObject({ code: "verification.address_book" });
  expect(state.item?.version).toBe(1);
});
