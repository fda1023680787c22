import { describe, expect, it } from "vitest";
import { MendrecError } from "../core/errors.ts";
import type { UploadAsked, Vault } from "../vault/types.ts";
import { listRecords } from "./listRecords.ts";
import { ACCOUNT, NODE, OTHER, scriptedClient, scriptedNode } from "./testing/scriptedNode.ts";
import type { Progress } from "./types.ts";
import { upload } from "./upload.ts";
import { verifyRecord } from "./verifyRecord.ts";

const ASKED = { patient: OTHER, purpose: "TREAT" } as const;
const DONE = { key: "k", actIdHex: "a", records: [] };

describe("a call of the vault", () => {
  it("tells who reads whose record, signs by the wallet, and reports", async () => {
    const progress: Progress[] = [];
    const vault: Partial<Vault> = {
      list: async (_job, asked, sign, told) => {
        expect(asked).toMatchObject({ patient: OTHER, reader: ACCOUNT, purpose: "TREAT", trust: { threshold: 1 } });
        expect(await sign({ domain: { name: "n" }, types: { T: [] }, primaryType: "T", message: {} })).toMatch(/^0x/);
        told({ step: "entries", done: 1, total: null, unit: "records" });
        return [];
      },
    };
    const { client } = await scriptedClient(scriptedNode(), vault);
    expect(await listRecords(client, { ...ASKED, onProgress: (one) => progress.push(one) })).toEqual([]);
    expect(progress).toHaveLength(1);
  });

  it("is stopped by its signal, in the vault too, whatever the vault says then", async () => {
    const stopped: string[] = [];
    const stop = new AbortController();
    let running = "";
    let fail: (error: Error) => void = () => undefined;
    const vault: Partial<Vault> = {
      list: (job) => {
        running = job;
        return new Promise((_, reject) => {
          fail = reject;
        });
      },
      cancel: async (job) => {
        stopped.push(job);
        fail(new MendrecError("fault", "some other words"));
      },
    };
    const { client } = await scriptedClient(scriptedNode(), vault);
    const listed = listRecords(client, { ...ASKED, signal: stop.signal });
    stop.abort();
    await expect(listed).rejects.toMatchObject({ code: "cancelled" });
    expect(stopped).toEqual([running]);
    await expect(listRecords(client, { ...ASKED, signal: stop.signal })).rejects.toMatchObject({ code: "cancelled" });
  });

  it("lets the wallet's chain be asked for a check", async () => {
    const steps: string[] = [];
    const vault: Partial<Vault> = {
      verify: async (_job, _asked, _record, call, told) => {
        expect(await call(OTHER, "0x01")).toMatch(/^0x/);
        told({ id: "head_on_chain", state: "holds" });
      },
    };
    const { client, provider } = await scriptedClient(scriptedNode(), vault);
    await verifyRecord(client, { ...ASKED, record: {} as never, onStep: ({ id }) => steps.push(id) });
    expect(steps).toEqual(["head_on_chain"]);
    expect(provider.asked.at(-1)).toEqual({ method: "eth_call", params: [{ to: OTHER, data: "0x01" }, "latest"] });
  });
});

describe("an upload", () => {
  const files = { patient: ACCOUNT, items: [], private: false, key: "k" };

  it("of one's own is sealed to the recipient that the vault holds", async () => {
    let given: UploadAsked | null = null;
    const vault: Partial<Vault> = {
      recipient: async () => "age1mine",
      upload: async (_job, asked) => {
        given = asked;
        return DONE;
      },
    };
    const node = scriptedNode();
    node.http.setCsrfToken("csrf");
    const { client } = await scriptedClient(node, vault);
    expect(await upload(client, files)).toEqual(DONE);
    expect(given).toMatchObject({ ownRecipient: "age1mine", author: ACCOUNT, csrfToken: "csrf", key: "k" });
    await upload(client, { ...files, patient: OTHER });
    expect(given).toMatchObject({ ownRecipient: null });
  });

  it("is sealed to no custodians that nobody said yes to, and for no other chain", async () => {
    const node = scriptedNode();
    node.http.setCsrfToken("csrf");
    const { client } = await scriptedClient(node, {});
    node.answers.set("GET /v1/node", { ...NODE, threshold: 2 });
    await expect(upload(client, files)).rejects.toMatchObject({ code: "verification.custodians_changed" });
    node.answers.set("GET /v1/node", { ...NODE, chain_id: 1 });
    await expect(upload(client, files)).rejects.toMatchObject({ code: "verification.node" });
  });

  it("needs a session", async () => {
    const { client } = await scriptedClient(scriptedNode(), { recipient: async () => "age1mine" });
    await expect(upload(client, files)).rejects.toMatchObject({ code: "refused.sign_in_needed" });
  });
});
