import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromBase64, toBase64, toUtf8 } from "../core/bytes.ts";
import { MendrecError } from "../core/errors.ts";
import { mayHappen } from "../core/mayHappen.ts";
import type { RelayedActAnswered } from "../generated/api/types.gen.ts";
import type { Vault } from "../vault/types.ts";
import { forgetPrevious, readPrevious } from "./previousBackup.ts";
import { replaceIdentity } from "./replaceIdentity.ts";
import { settleReplacement } from "./settleReplacement.ts";
import { setUpIdentity } from "./setUpIdentity.ts";
import {
  ACCOUNT,
  type Asked,
  OTHER,
  refusal,
  type ScriptedNode,
  scriptedClient,
  scriptedNode,
} from "./testing/scriptedNode.ts";
import type { Client } from "./types.ts";
import { unlock } from "./unlock.ts";
import { unlockWithPassphrase } from "./unlockWithPassphrase.ts";

const SITE = "https://node.example";
const OLD = "age1pyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq8r66x";

/** A safe, a directory, and a vault of which a backup is "RECIPIENT", as bytes. */
function world({ published = null as string | null, safe = {} as Record<string, string> } = {}) {
  const node = scriptedNode();
  const state = { published, kept: null as string | null, log: [] as string[] };
  const slots = new Map(
    Object.entries(safe).map(([slot, text]) => [slot, { version: 1, sealed: toBase64(toUtf8(text)) }]),
  );
  node.answers.set("GET /v1/me", () => me(state.published));
  node.answers.set("GET /v1/me/safe/*", ({ path }: Asked) => {
    const slot = path.split("/").at(-1) ?? "";
    const item = slots.get(slot);
    return item === undefined ? refusal(404, "not_found") : { slot, ...item, changed_at: 1 };
  });
  node.answers.set("PUT /v1/me/safe/*", ({ path, body }: Asked) => {
    const slot = path.split("/").at(-1) ?? "";
    const { sealed, expected_version } = body as { sealed: string; expected_version: number };
    const version = slots.get(slot)?.version ?? 0;
    if (expected_version !== version) {
      return refusal(409, "conflict.safe");
    }
    state.log.push(`keep ${slot}`);
    slots.set(slot, { version: version + 1, sealed });
    return { slot, version: version + 1, changed_at: 1 };
  });
  const relay = node.answers.get("POST /v1/acts") as (asked: Asked) => unknown;
  node.answers.set("POST /v1/acts", (asked: Asked) => {
    state.log.push("publish");
    state.published = OLD; // every vault here makes the one recipient that is valid
    return relay(asked);
  });
  const made = async () => ({ recipient: OLD, backup: toUtf8(OLD) });
  const vault: Partial<Vault> = {
    resume: async (_account, recipient) => state.kept === recipient,
    create: async (_site, _account, sign) => {
      await sign({ domain: { name: "Mendrec" }, types: { T: [] }, primaryType: "T", message: {} });
      return await made();
    },
    createWithPassphrase: made,
    restore: async (backup, site, account, recipient, sign) => {
      await sign({ domain: { name: "Mendrec" }, types: { T: [] }, primaryType: "T", message: {} });
      state.log.push(`restore ${site} ${account === ACCOUNT}`);
      same(backup, recipient);
    },
    restoreWithPassphrase: async (backup, _passphrase, _account, recipient) => same(backup, recipient),
    lock: async () => void state.log.push("lock"),
    forget: async () => undefined,
    newestOfSelf: async () => 0,
  };
  const kept = (slot: string) => {
    const item = slots.get(slot);
    return item === undefined ? null : new TextDecoder().decode(fromBase64(item.sealed));
  };
  return { node, state, slots, vault, kept };
}

function same(backup: Uint8Array, recipient: string): void {
  if (new TextDecoder().decode(backup) !== recipient) {
    throw new MendrecError("verification.identity_backup", "another identity");
  }
}

function me(recipient: string | null, address = ACCOUNT) {
  const standing = { good: recipient !== null, code: null, message: null };
  const credential = { state: "none", expires_at: null, institution: null, verifier: null };
  return {
    person: { address, roles: [], suspended: false, recipient, standing, credential },
    session_id: "s",
  };
}

const texts = new Map<string, string>();
beforeEach(() => {
  texts.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("unlocking", () => {
  it.each<[string, { published?: string | null; safe?: Record<string, string> }, string]>([
    ["nobody published", {}, "absent"],
    ["somebody with a wallet backup", { published: OLD, safe: { identity: OLD } }, "open"],
    ["somebody with a passphrase", { published: OLD, safe: { "identity-passphrase": OLD } }, "passphrase"],
    ["somebody without a backup", { published: OLD }, "lost"],
    [
      "a wallet backup of another, and a passphrase",
      { published: OLD, safe: { identity: "x", "identity-passphrase": OLD } },
      "passphrase",
    ],
  ])("of %s", async (_, given, state) => {
    const { node, vault } = world(given);
    const { client } = await scriptedClient(node, vault);
    expect((await unlock(client, { site: SITE })).state).toBe(state);
  });

  it("needs no signature where this browser kept it", async () => {
    const { node, vault, state } = world({ published: OLD });
    state.kept = OLD;
    const { client, provider } = await scriptedClient(node, vault);
    expect((await unlock(client, { site: SITE })).state).toBe("open");
    expect(provider.asked.map(({ method }) => method)).not.toContain("eth_signTypedData_v4");
  });

  it("takes nothing of somebody who signed in in another tab", async () => {
    const { node, vault, state } = world({ published: OLD });
    state.kept = OLD;
    node.answers.set("GET /v1/me", () => me(OLD, OTHER));
    const { client } = await scriptedClient(node, vault);
    await expect(unlock(client, { site: SITE })).rejects.toMatchObject({ code: "refused.sign_in_needed" });
    await expect(unlockWithPassphrase(client, { passphrase: "p" })).rejects.toMatchObject({
      code: "refused.sign_in_needed",
    });
  });

  it("does not open an older backup that the node gives", async () => {
    const { node, vault } = world({ published: OLD, safe: { identity: "age1older" } });
    const { client } = await scriptedClient(node, vault);
    await expect(unlock(client, { site: SITE })).rejects.toMatchObject({ code: "verification.identity_backup" });
  });

  it("waits for an enrolment that a reload broke off, and does not set up anew", async () => {
    const { node, vault, state } = world({ safe: { identity: OLD } });
    const { client } = await scriptedClient(node, vault);
    const id = "a".repeat(64);
    pending(node, id, "enrolBySig");
    node.answers.set("GET /v1/acts/*", () => {
      state.published = OLD;
      return { ...node.acts.get(id), state: "mined" };
    });
    expect((await unlock(client, { site: SITE })).state).toBe("open");
  });

  it("that the wallet refuses says so", async () => {
    const { node, vault } = world({ published: OLD, safe: { identity: OLD } });
    const { client, provider } = await scriptedClient(node, vault);
    provider.switches.refuses = true;
    await expect(unlock(client, { site: SITE })).rejects.toMatchObject({ code: "wallet.refused" });
  });

  it("with a passphrase takes what is in the safe, or a file", async () => {
    const { node, vault } = world({ published: OLD, safe: { "identity-passphrase": OLD } });
    const { client } = await scriptedClient(node, vault);
    await unlockWithPassphrase(client, { passphrase: "p" });
    await unlockWithPassphrase(client, { passphrase: "p", file: toUtf8(OLD) });
    const other = unlockWithPassphrase(client, { passphrase: "p", file: toUtf8("age1other") });
    await expect(other).rejects.toMatchObject({ code: "verification.identity_backup" });
  });
});

describe("setting up", () => {
  it("keeps the backup first, and then publishes", async () => {
    const { node, vault, state, kept } = world();
    const { client } = await scriptedClient(node, vault);
    expect(await setUpIdentity(client, { site: SITE })).toBe(OLD);
    expect(state.log).toEqual(["keep identity", "publish"]);
    expect(kept("identity")).toBe(OLD);
  });

  it("with a passphrase keeps it in the other slot", async () => {
    const { node, vault, kept } = world();
    const { client } = await scriptedClient(node, vault);
    await setUpIdentity(client, { site: SITE, passphrase: "p" });
    expect([kept("identity"), kept("identity-passphrase")]).toEqual([null, OLD]);
  });

  it("publishes nothing where the node does not keep the backup", async () => {
    const { node, vault, state } = world();
    node.answers.set("PUT /v1/me/safe/*", { slot: "identity", version: 1, changed_at: 1 });
    const { client } = await scriptedClient(node, vault);
    await expect(setUpIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "verification.node" });
    expect(state.log).toEqual([]);
  });

  it("is refused to whoever has a published identity", async () => {
    const { node, vault } = world({ published: OLD });
    const { client } = await scriptedClient(node, vault);
    await expect(setUpIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "refused.already_enrolled" });
  });
});

describe("replacing", () => {
  const BEFORE = "age1before";
  const given = { published: BEFORE, safe: { identity: BEFORE } };
  const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
  const previousOf = () => readPrevious(ACCOUNT).map(({ backup }) => text(backup));

  /** The act is taken on, and stays under way until the test says otherwise; nothing is published meanwhile. */
  function underWay(made: ReturnType<typeof world>) {
    const relay = made.node.answers.get("POST /v1/acts") as (asked: Asked) => RelayedActAnswered;
    const act = {
      id: "",
      state: "sent" as RelayedActAnswered["state"],
      failure: null as RelayedActAnswered["failure"],
    };
    const told = () => ({ ...made.node.acts.get(act.id), state: act.state, failure: act.failure });
    made.node.answers.set("POST /v1/acts", (asked: Asked) => {
      act.id = relay(asked).act_id_hex;
      made.state.published = BEFORE;
      pending(made.node, act.id, "publishRecipientBySig");
      return made.node.acts.get(act.id);
    });
    made.node.answers.set("GET /v1/acts/*", told);
    made.node.answers.set("GET /v1/acts", () => ({ items: act.id === "" ? [] : [told()], next_cursor: null }));
    return act;
  }

  /** Begins it, and stops waiting once it is sent. */
  async function brokenOff(client: Client) {
    const stop = new AbortController();
    const onStep = (step: string) => {
      if (step === "sent") setTimeout(() => stop.abort(), 20);
    };
    const error = await replaceIdentity(client, { site: SITE, signal: stop.signal, onStep }).catch((thrown) => thrown);
    expect([error.code, mayHappen(error)]).toEqual(["cancelled", true]);
  }

  it("hands out the old backup before anything is sent, and keeps it until it is removed", async () => {
    const { node, vault, kept, state } = world(given);
    const { client } = await scriptedClient(node, vault);
    const onPrevious = (backup: Uint8Array) => state.log.push(`hand out ${text(backup)}`);
    expect(await replaceIdentity(client, { site: SITE, onPrevious })).toBe(OLD);
    expect(state.log).toEqual([`hand out ${BEFORE}`, "keep identity", "publish"]);
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
    expect((await unlock(client, { site: SITE })).state).toBe("open");
    await settleReplacement(client, { published: OLD });
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
    forgetPrevious(ACCOUNT, { recipient: BEFORE, slot: "identity" });
    expect(texts.size).toBe(0);
  });

  it("that the wallet or the contract refuses leaves the old backup in its place, and locks a vault that keeps no key", async () => {
    const { node, vault, kept, state } = world(given);
    const { client, provider } = await scriptedClient(node, vault);
    provider.switches.refuses = true;
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "wallet.refused" });
    expect(previousOf()).toEqual([]);
    provider.switches.refuses = false;
    node.answers.set("POST /v1/acts", refusal(403, "refused.Directory.InvalidRecipient"));
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({
      code: "refused.Directory.InvalidRecipient",
    });
    expect(kept("identity")).toBe(BEFORE);
    expect(state.log.filter((one) => one === "lock")).toHaveLength(2);
    // The node has the signature all the same: the key that it is for can be had still.
    expect(previousOf()).toEqual([OLD]);
  });

  it("whose waiting was stopped loses no key, whichever is published in the end", async () => {
    const made = world(given);
    const { node, vault, kept, state } = made;
    const act = underWay(made);
    const { client } = await scriptedClient(node, vault);
    await brokenOff(client);
    expect(state.log).not.toContain("lock");
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
    // Coming in waits for what is under way; the next block has it.
    const waits = node.answers.get("GET /v1/acts/*") as () => unknown;
    node.answers.set("GET /v1/acts/*", () => {
      act.state = "mined";
      state.published = OLD;
      return waits();
    });
    expect(await unlock(client, { site: SITE })).toEqual({ state: "open", recipient: OLD });
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
  });

  it("whose act nobody knows opens the old key, and leaves the new backup until its time is over", async () => {
    const made = world(given);
    const { node, vault, kept } = made;
    underWay(made);
    const { client } = await scriptedClient(node, vault);
    await brokenOff(client);
    node.answers.set("GET /v1/acts", { items: [], next_cursor: null });
    expect(await unlock(client, { site: SITE })).toEqual({ state: "open", recipient: BEFORE });
    await settleReplacement(client, { published: BEFORE });
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
    const later = { ...client, http: { ...client.http, now: () => Date.now() / 1000 + 86_400 } };
    await settleReplacement(later, { published: BEFORE });
    expect([kept("identity"), previousOf()]).toEqual([BEFORE, [OLD]]);
    expect(await unlock(later, { site: SITE })).toEqual({ state: "open", recipient: BEFORE });
  });

  it("whose session was over is no refusal: both backups stay", async () => {
    const made = world(given);
    const { node, vault, kept, state } = made;
    underWay(made);
    const { client } = await scriptedClient(node, vault);
    node.answers.set("GET /v1/acts/*", refusal(401, "unauthenticated"));
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "refused.sign_in_needed" });
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
    expect(state.log).not.toContain("lock");
  });

  it("that failed by the contract's word after all is undone when the vault is unlocked", async () => {
    const made = world(given);
    const { node, vault, kept } = made;
    const act = underWay(made);
    const { client } = await scriptedClient(node, vault);
    await brokenOff(client);
    act.state = "failed";
    act.failure = { contract: "Directory", name: "Expired", message: "It is over.", remedy: "Anew." };
    expect(await unlock(client, { site: SITE })).toEqual({ state: "open", recipient: BEFORE });
    expect([kept("identity"), previousOf()]).toEqual([BEFORE, [OLD]]);
  });

  it("is not begun while another one is under way", async () => {
    const made = world(given);
    const { node, vault } = made;
    underWay(made);
    const { client, provider } = await scriptedClient(node, vault);
    await brokenOff(client);
    const signatures = () => provider.asked.filter(({ method }) => method === "eth_signTypedData_v4").length;
    const before = signatures();
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({
      code: "refused.replacement_under_way",
    });
    expect(signatures()).toBe(before);
    // Nor where the node knows nothing of it, and its time is not over: the old backup would be taken for another one's.
    node.answers.set("GET /v1/acts", { items: [], next_cursor: null });
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({
      code: "refused.replacement_under_way",
    });
    expect([made.kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
  });

  it("that was refused, and is published all the same, opens with what was kept", async () => {
    const { node, vault, kept, state } = world(given);
    const { client } = await scriptedClient(node, vault);
    node.answers.set("POST /v1/acts", refusal(403, "refused.Directory.InvalidRecipient"));
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({
      code: "refused.Directory.InvalidRecipient",
    });
    expect([kept("identity"), previousOf()]).toEqual([BEFORE, [OLD]]);
    state.published = OLD;
    expect(await unlock(client, { site: SITE })).toEqual({ state: "open", recipient: OLD });
    expect([kept("identity"), previousOf()]).toEqual([OLD, [BEFORE]]);
  });

  it("is not sent where this browser can't keep the old backup", async () => {
    const { node, vault, kept } = world(given);
    vi.stubGlobal("localStorage", undefined);
    const { client } = await scriptedClient(node, vault);
    await expect(replaceIdentity(client, { site: SITE })).rejects.toMatchObject({ code: "refused.keeps_nothing" });
    expect([node.acts.size, kept("identity")]).toEqual([0, BEFORE]);
  });

  it("under a passphrase that broke off opens with the passphrase of before", async () => {
    const made = world({ published: BEFORE, safe: { "identity-passphrase": BEFORE } });
    const { node, vault, kept } = made;
    underWay(made);
    const { client } = await scriptedClient(node, vault);
    node.answers.set("GET /v1/acts/*", refusal(401, "unauthenticated"));
    const replacing = replaceIdentity(client, { site: SITE, passphrase: "p" });
    await expect(replacing).rejects.toMatchObject({ code: "refused.sign_in_needed" });
    node.answers.set("GET /v1/acts", { items: [], next_cursor: null });
    await unlockWithPassphrase(client, { passphrase: "p" });
    expect(kept("identity-passphrase")).toBe(OLD);
  });
});

function pending(node: ScriptedNode, id: string, name: string): void {
  node.acts.set(id, {
    act_id_hex: id,
    signer: ACCOUNT,
    contract: "Directory",
    function: name,
    state: "sent",
    transaction_hash_hex: null,
    block: null,
    confirmations: 0,
    failure: null,
    queued_at: 1,
    events: [],
  });
}
