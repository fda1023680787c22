/** A node for tests, behind a `fetch`: it answers what the test scripts, and prepares acts as the real one does. */
import { privateKeyToAccount } from "viem/accounts";
import { checkedAccessRequest } from "../../core/acts/accessRequest.ts";
import { buildAct } from "../../core/acts/buildAct.ts";
import { Facts } from "../../core/acts/draft.ts";
import type { ActRequest } from "../../core/acts/params.ts";
import type { CheckedAct } from "../../core/acts/requireAsAsked.ts";
import { signedActIdHex } from "../../core/acts/signedAct.ts";
import type { AccessRequestAnswered, NodeAnswered, RelayedActAnswered } from "../../generated/api/types.gen.ts";
import type { Vault } from "../../vault/types.ts";
import { connectWallet } from "../../wallet/eip1193.ts";
import { type MockProvider, mockProvider } from "../../wallet/testing/mockProvider.ts";
import { type Http, openHttp } from "../http.ts";
import type { Keeping } from "../keeping.ts";
import { meetNode, type Trust } from "../trust.ts";
import type { Address, Client } from "../types.ts";
import { ScriptedChain } from "./scriptedChain.ts";

export const KEY = `0x${"11".repeat(32)}` as const;
export const ACCOUNT = privateKeyToAccount(KEY).address;
export const OTHER: Address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
export const ORIGIN = { host: "node.example", origin: "https://node.example" };
export const CATEGORIES = [
  { number: 1, code: "laboratory" },
  { number: 2, code: "imaging" },
];
const TRUSTED = {
  chainId: 31337,
  consent: "0x7dD486fdB7512978A760Fc91358F20cadbbA511A",
  directory: "0x8eA3dDF23eC4704598531d4a10F4d19647D1D4B7",
  records: "0x481b229Fa5ac3354CEE67CB4b15A3957009fC281",
} as const;

export const NODE: NodeAnswered = {
  version: "1",
  origin: ORIGIN.origin,
  chain_id: TRUSTED.chainId,
  contracts: { Consent: TRUSTED.consent, Directory: TRUSTED.directory, Records: TRUSTED.records },
  finality_depth: 12,
  custodians: [{ address: OTHER, url: ORIGIN.origin, recipient: "age1custodian", this_node: true }],
  threshold: 1,
  relays: true,
};

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
  readonly signal: AbortSignal;
};
export type Answerer = (asked: Asked) => unknown;

/** An answer that is an error, in the API's form. */
export function refusal(status: number, code: string, headers: Record<string, string> = {}): Response {
  const body = { code, message: `said: ${code}`, remedy: "do this", request_id: "r-1" };
  return new Response(JSON.stringify(body), { status, headers });
}

export type ScriptedNode = {
  /** `METHOD /path` → answer; later ones replace earlier ones. A function gets what was asked. */
  readonly answers: Map<string, Answerer | unknown>;
  readonly asked: Asked[];
  readonly http: Http;
  /** What `POST /v1/acts` became, by id. */
  readonly acts: Map<string, RelayedActAnswered>;
  /** What the acts that it took on have done; a wallet asks it. */
  readonly chain: ScriptedChain;
  /** Changes what is prepared, as a lying node would. */
  tamper: (prepared: Record<string, unknown>) => Record<string, unknown>;
  readonly request: AccessRequestAnswered | null;
};

export function scriptedNode(options: { request?: AccessRequestAnswered } = {}): ScriptedNode {
  const asked: Asked[] = [];
  const answers = new Map<string, Answerer | unknown>();
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(url, ORIGIN.origin);
    const one: Asked = {
      method: init.method ?? "GET",
      path: pathname,
      query: searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : undefined,
      signal: init.signal as AbortSignal,
    };
    asked.push(one);
    const found =
      answers.get(`${one.method} ${one.path}`) ?? answers.get(`${one.method} ${one.path.replace(/[^/]+$/, "*")}`);
    const answer = typeof found === "function" ? await (found as Answerer)(one) : found;
    if (answer instanceof Response) {
      return answer;
    }
    return answer === undefined ? refusal(404, "not_found") : new Response(JSON.stringify(answer));
  };
  const node: ScriptedNode = {
    answers,
    asked,
    http: openHttp({ fetch }),
    acts: new Map(),
    chain: new ScriptedChain(new Map(CATEGORIES.map(({ number, code }) => [number, code]))),
    tamper: (prepared) => prepared,
    request: options.request ?? null,
  };
  answers.set("GET /v1/node", NODE);
  answers.set("GET /v1/categories", { items: CATEGORIES });
  answers.set("POST /v1/acts/preparations", ({ body }: Asked) => node.tamper(prepare(node, body as ActRequest)));
  answers.set("POST /v1/acts", ({ body }: Asked) => relay(node, body as Record<string, unknown>));
  answers.set("GET /v1/acts/*", ({ path }: Asked) => node.acts.get(path.split("/").at(-1) ?? ""));
  answers.set("GET /v1/acts", () => ({ items: [...node.acts.values()], next_cursor: null }));
  return node;
}

function prepare(node: ScriptedNode, asked: ActRequest): Record<string, unknown> {
  const codes = new Map(CATEGORIES.map(({ number, code }) => [number, code]));
  const count =
    "categories" in asked.params ? asked.params.categories.length : (node.request?.category_codes.length ?? 0);
  const validity = { nonce: 3, deadlineAt: Math.floor(Date.now() / 1000) + 3600 };
  const request = node.request === null ? null : checkedAccessRequest(node.request, codes);
  const built = buildAct(asked, ACCOUNT, new Facts(codes, Array(count).fill(4), request), TRUSTED, validity);
  return {
    kind: asked.kind,
    signer: ACCOUNT,
    contract: built.contract,
    function: built.function,
    args: built.args,
    typed_data: built.typedData,
    nonce: validity.nonce,
    deadline_at: validity.deadlineAt,
  };
}

function relay(node: ScriptedNode, body: Record<string, unknown>): RelayedActAnswered {
  const act = { ...body, signer: ACCOUNT, deadlineAt: body.deadline_at } as unknown as CheckedAct;
  const id = signedActIdHex(act, body.signature as `0x${string}`);
  const relayed: RelayedActAnswered = {
    act_id_hex: id,
    signer: ACCOUNT,
    contract: String(body.contract),
    function: String(body.function),
    state: "queued",
    transaction_hash_hex: null,
    block: null,
    confirmations: 0,
    failure: null,
    queued_at: 1,
    events: [],
  };
  node.acts.set(id, { ...relayed, state: "mined" });
  node.chain.apply(relayed.function, body.args as readonly unknown[]);
  return relayed;
}

/** Keeps in memory. */
export function keptInMemory(): Keeping & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    read: (key) => texts.get(key) ?? null,
    write: (key, text) => void texts.set(key, text),
    remove: (key) => void texts.delete(key),
  };
}

/** A client over a scripted node, a wallet that can fail, and a vault of which the test gives what it needs. */
export async function scriptedClient(
  node: ScriptedNode,
  vault: Partial<Vault> = {},
): Promise<{ client: Client; provider: MockProvider; trust: Trust }> {
  const provider = mockProvider(KEY);
  const connected = await connectWallet(provider, { id: "test", name: "Test" });
  const wallet = {
    ...connected,
    call: async (asked: Parameters<typeof connected.call>[0]) =>
      node.chain.answer(asked) ?? (await connected.call(asked)),
  };
  const trust = meetNode(NODE, { kept: keptInMemory() });
  return { client: { http: node.http, wallet, vault: vault as Vault, trust, account: ACCOUNT }, provider, trust };
}
