/** A node for the vault's tests, in memory: one patient's chain, objects, uploads, one custodian. It can be made to lie and fail. */
import { privateKeyToAccount } from "viem/accounts";
import { buildAct } from "../../core/acts/buildAct.ts";
import { Facts } from "../../core/acts/draft.ts";
import type { ActRequest } from "../../core/acts/params.ts";
import { spelled } from "../../core/acts/requireAsAsked.ts";
import { newIdentity, openWith, recipientOf, sealTo } from "../../core/age.ts";
import { batchListBytes } from "../../core/batchList.ts";
import { type Bytes, concatBytes, toBase64, toHex } from "../../core/bytes.ts";
import { type ChainEntry, GENESIS_LINK_HEX, linkHex } from "../../core/chainLink.ts";
import { cidOfRaw, digestOfRawCid, rawCidFromDigest } from "../../core/cid.ts";
import { parseEnvelopes } from "../../core/envelopes.ts";
import type { Address } from "../../core/ids.ts";
import { parseManifest } from "../../core/manifest.ts";
import { inclusionPathHex, rootHex } from "../../core/merkle.ts";
import { sha256, sha256Hex } from "../../core/sha256.ts";
import type { TypedData } from "../../wallet/types.ts";
import type { ReadAsked, VaultTrust } from "../types.ts";

type Json = Record<string, unknown>;
type Announced = { role: string; cid: string; size_bytes: number; data: Uint8Array };
type FakeUpload = {
  id: string;
  key: string;
  words: string;
  author: Address;
  patient: Address;
  records: { code: string; objects: Announced[] }[];
  state: string;
  act: ActRequest | null;
  failure: Json | null;
  receipt: Json | null;
};

export const CATEGORIES = new Map([
  [1, "laboratory"],
  [2, "imaging"],
]);
export const PATIENT = privateKeyToAccount(`0x${"11".repeat(32)}`);
export const DOCTOR = privateKeyToAccount(`0x${"22".repeat(32)}`);
export const CUSTODIAN = privateKeyToAccount(`0x${"33".repeat(32)}`);

export class FakeNode {
  readonly entries: ChainEntry[] = [];
  readonly leaves: string[][] = [];
  readonly blocks = new Map<string, Uint8Array>();
  readonly uploads = new Map<string, FakeUpload>();
  /** `METHOD path` of every request, in order. */
  readonly asked: string[] = [];
  /** Every body that was sent, for looking what is in it. */
  readonly sent: Uint8Array[] = [];
  /** Looks at a request first; a Response answers in the node's place, an Error is a broken line. */
  before: (request: Request) => Response | Error | null | Promise<Response | Error | null> = () => null;
  /** Changes an answer on its way out. */
  lie: (path: string, answer: Json) => Json = (_path, answer) => answer;
  /** Codes of categories of which the doctor holds READ. */
  readable = ["laboratory", "imaging"];
  /** Records in one page of sealed objects. */
  pageMax = 200;
  /** Who is signed in. */
  person: Address = PATIENT.address;
  custodianIdentity = "";
  custodianRecipient = "";
  patientIdentity = "";
  patientRecipient = "";
  doctorIdentity = "";
  doctorRecipient = "";

  static async create(): Promise<FakeNode> {
    const node = new FakeNode();
    node.custodianIdentity = await newIdentity();
    node.custodianRecipient = await recipientOf(node.custodianIdentity);
    node.patientIdentity = await newIdentity();
    node.patientRecipient = await recipientOf(node.patientIdentity);
    node.doctorIdentity = await newIdentity();
    node.doctorRecipient = await recipientOf(node.doctorIdentity);
    return node;
  }

  get trust(): VaultTrust {
    const one = (digit: string) => `0x${digit.repeat(40)}` as Address;
    const custodian = { address: CUSTODIAN.address, url: "https://node.example", recipient: this.custodianRecipient };
    return {
      chainId: 31337,
      records: one("4"),
      consent: one("5"),
      directory: one("6"),
      custodians: [custodian],
      threshold: 1,
    };
  }

  reading(reader: Address): ReadAsked {
    return { trust: this.trust, patient: PATIENT.address, reader, purpose: "TREAT" };
  }

  readonly fetch = async (path: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const request = new Request(new URL(String(path), "https://node.example"), { ...init, redirect: "follow" });
    const url = new URL(request.url);
    this.asked.push(`${request.method} ${url.pathname}`);
    const instead = await this.before(request.clone());
    if (instead instanceof Error) {
      throw instead;
    }
    if (instead !== null) {
      return instead;
    }
    const body = new Uint8Array(await request.arrayBuffer());
    this.sent.push(body);
    try {
      return await this.#answer(request, url, body);
    } catch (thrown) {
      if (thrown instanceof Response) {
        return thrown;
      }
      throw thrown;
    }
  };

  headLinkHex(): string {
    return this.#links().at(-1) ?? GENESIS_LINK_HEX;
  }

  /** `eth_call` of `Records.entry` and `Records.head`, encoded by hand. */
  readonly call = async (_to: Address, data: `0x${string}`): Promise<`0x${string}`> => {
    const word = (value: string | number) => (typeof value === "number" ? value.toString(16) : value).padStart(64, "0");
    if (data.length === 2 + 8 + 64) {
      return `0x${this.headLinkHex()}`;
    }
    const entry = this.entries[Number.parseInt(data.slice(-16), 16)];
    if (entry === undefined) {
      throw new Error("no entry");
    }
    const { digestHex, author, category, location, recordedAt, count } = entry;
    return `0x${[digestHex, author.slice(2), category, location, recordedAt, count].map(word).join("")}`;
  };

  #links(): string[] {
    let link = GENESIS_LINK_HEX;
    return this.entries.map((entry) => {
      link = linkHex(link, entry);
      return link;
    });
  }

  async #answer(request: Request, url: URL, body: Uint8Array): Promise<Response> {
    const path = url.pathname;
    const { method } = request;
    const json = (answer: Json, status = 200) => Response.json(this.lie(path, answer), { status });
    if (path === "/v1/node") {
      const custodian = { address: CUSTODIAN.address, url: "https://node.example", recipient: this.custodianRecipient };
      const contracts = { Records: this.trust.records, Consent: this.trust.consent, Directory: this.trust.directory };
      return json({
        version: "1",
        origin: "https://node.example",
        chain_id: 31337,
        contracts,
        finality_depth: 1,
        custodians: [{ ...custodian, this_node: true }],
        threshold: 1,
        relays: true,
      });
    }
    if (path === "/v1/categories") {
      return json({ items: [...CATEGORIES].map(([number, code]) => ({ number, code })) });
    }
    if (path === "/v1/me") {
      const standing = { good: true, code: null, message: null };
      const credential = { state: "in_force", expires_at: null, institution: null, verifier: null };
      const person = { address: this.person, roles: [], suspended: false, recipient: null, standing, credential };
      return json({ person, session_id: "1" });
    }
    if (path === "/v1/me/grants-held") {
      return json({ items: [], next_cursor: null });
    }
    if (path === "/v1/sessions/current") {
      return refusal(404, "not_found", "none");
    }
    if (path === "/v1/release") {
      return json(await this.#release(JSON.parse(new TextDecoder().decode(body)) as Json));
    }
    if (path.startsWith("/v1/uploads")) {
      return this.#upload(method, url, request, body, json);
    }
    return this.#record(path, url, request, json);
  }

  #record(path: string, url: URL, request: Request, json: (answer: Json) => Response): Response {
    const [, , , patient, kind, place, ...rest] = path.split("/");
    if (patient !== PATIENT.address) {
      return refusal(403, "refused.permission", "Not yours to see.");
    }
    const links = this.#links();
    const entryOf = (entry: ChainEntry, index: number) => ({
      patient: entry.patient,
      sequence: entry.sequence,
      author: entry.author,
      category: entry.category,
      category_code: CATEGORIES.get(entry.category) ?? "",
      location: entry.location,
      digest_hex: entry.digestHex,
      recorded_at: entry.recordedAt,
      count: entry.count,
      link_hex: links[index],
      list_digest_hex: null,
    });
    const page = (items: Json[]) => {
      const start = Number(url.searchParams.get("cursor") ?? 0);
      const limit = Number(url.searchParams.get("limit") ?? 50);
      const next = start + limit < items.length ? String(start + limit) : null;
      return { items: items.slice(start, start + limit), next_cursor: next };
    };
    if (kind === "entries") {
      return json({ ...page(this.entries.map(entryOf)), head_link_hex: this.headLinkHex(), head_block_number: 9 });
    }
    if (kind === "sealed-objects") {
      return json(this.#sealedObjects(url));
    }
    if (place === undefined) {
      return json(page(this.entries.flatMap((entry, index) => this.#told(entry, index))));
    }
    const sequence = Number(place);
    const entry = this.entries[sequence];
    const leaves = this.leaves[sequence];
    if (entry === undefined || leaves === undefined) {
      return refusal(404, "not_found.record", "There is none.");
    }
    const leaf = entry.count === 0 ? null : Number(rest.shift());
    const digestHex = leaves[leaf ?? 0] ?? "";
    const manifestData = this.#byDigest(digestHex);
    const manifest = parseManifest(manifestData);
    switch (rest[0]) {
      case "proof":
        return json({
          chain_id: 31337,
          records_contract: this.trust.records,
          manifest_digest_hex: digestHex,
          entry: entryOf(entry, sequence),
          previous_link_hex: sequence === 0 ? GENESIS_LINK_HEX : links[sequence - 1],
          inclusion:
            leaf === null
              ? null
              : {
                  leaf_index: leaf,
                  count: entry.count,
                  root_hex: entry.digestHex,
                  path_hex: inclusionPathHex(leaves, leaf),
                },
          head_link_hex: this.headLinkHex(),
          head_block_number: 9,
          final: true,
        });
      case "manifest":
        return bytes(manifestData);
      case "envelopes":
        return bytes(this.#byDigest(digestOfRawCid(manifest.envelopes)));
      default:
        return ranged(this.blocks.get(manifest.payload.cid) ?? new Uint8Array(0), request.headers.get("Range"));
    }
  }

  #sealedObjects(url: URL): Json {
    const places = this.#places();
    const asked = (name: string) => Number(url.searchParams.get(name) ?? 0);
    const cursor = url.searchParams.get("cursor");
    const isFirst = ([sequence, leaf]: readonly [number, number | null, string]) =>
      sequence === asked("from_sequence") && (leaf ?? 0) === asked("from_leaf_index");
    const start = cursor === null ? places.findIndex(isFirst) : Number(cursor);
    const end = start + Math.min(this.pageMax, asked("limit"));
    const items = places.slice(start, end).map(([sequence, leaf_index, digestHex]) => {
      const manifest = this.#byDigest(digestHex);
      const envelopes = this.#byDigest(digestOfRawCid(parseManifest(manifest).envelopes));
      const isForOthers = this.person === PATIENT.address || parseEnvelopes(envelopes).custodians.length > 0;
      const sealed = { manifest: toBase64(manifest), envelopes: isForOthers ? toBase64(envelopes) : null };
      return { sequence, leaf_index, ...sealed, problem: null };
    });
    return { items, next_cursor: end < places.length ? String(end) : null };
  }

  /** Sequence, leaf and digest of every record; made anew only when there are more entries. */
  #places(): readonly (readonly [number, number | null, string])[] {
    if (this.#placed.of !== this.entries.length) {
      const places = this.entries.flatMap((entry, sequence) =>
        (this.leaves[sequence] ?? []).map((hex, leaf) => [sequence, entry.count === 0 ? null : leaf, hex] as const),
      );
      this.#placed = { of: this.entries.length, places };
    }
    return this.#placed.places;
  }

  #placed: { of: number; places: readonly (readonly [number, number | null, string])[] } = { of: -1, places: [] };

  #told(entry: ChainEntry, index: number): Json[] {
    return (this.leaves[index] ?? []).map((digestHex, leaf) => ({
      patient: entry.patient,
      sequence: entry.sequence,
      leaf_index: entry.count === 0 ? null : leaf,
      count: entry.count,
      category_code: CATEGORIES.get(entry.category) ?? "",
      author: entry.author,
      location: entry.location,
      manifest_digest_hex: digestHex,
      recorded_at: entry.recordedAt,
      final: true,
      problem: null,
    }));
  }

  #byDigest(digestHex: string): Uint8Array {
    return this.blocks.get(rawCidFromDigest(digestHex)) ?? new Uint8Array(0);
  }

  async #release(asked: Json): Promise<Json> {
    const request = asked.request as {
      act: string;
      deadline: number;
      records: { sequence: number; manifestDigest: string }[];
    };
    if (request.deadline < Date.now() / 1000) {
      throw refusal(403, "refused.release.stale", "The request is past its deadline.");
    }
    const outcomes = [];
    for (const { sequence, manifestDigest } of request.records) {
      const entry = this.entries[sequence];
      const named = { sequence, manifestDigest };
      if (entry === undefined || !this.readable.includes(CATEGORIES.get(entry.category) ?? "")) {
        outcomes.push({
          ...named,
          code: "refused.Consent.RightMissing",
          message: "No right.",
          remedy: "Ask.",
          shares: {},
        });
        continue;
      }
      const manifest = parseManifest(this.#byDigest(manifestDigest));
      const [own] = parseEnvelopes(this.#byDigest(digestOfRawCid(manifest.envelopes))).custodians;
      const shares: Record<string, string> = {};
      for (const key of request.act === "LIST" ? (["descriptor"] as const) : (["descriptor", "payload"] as const)) {
        if (own !== undefined) {
          const share = await openWith(this.custodianIdentity, own.shares[key].sealed);
          shares[key] = toBase64(await sealTo(this.doctorRecipient, share));
        }
      }
      outcomes.push({ ...named, code: "released", message: "", remedy: "", shares });
    }
    return { custodian: CUSTODIAN.address, headNumber: 9, outcomes };
  }

  async #upload(
    method: string,
    url: URL,
    request: Request,
    body: Uint8Array,
    json: (answer: Json, status?: number) => Response,
  ): Promise<Response> {
    const [, , , id, what, cid] = url.pathname.split("/");
    const text = () => JSON.parse(new TextDecoder().decode(body)) as Json;
    if (id === "context") {
      return json({
        patient: url.searchParams.get("patient"),
        recipient: this.patientRecipient,
        custodians: [{ address: CUSTODIAN.address, recipient: this.custodianRecipient }],
        threshold: 1,
        chain_id: 31337,
        records_contract: this.trust.records,
        limits: { records_max: 2048, object_max_bytes: 1e9, part_max_bytes: 1e8, idle_max_s: 86400 },
      });
    }
    if (method !== "GET" && request.headers.get("X-CSRF-Token") !== "csrf") {
      return refusal(403, "refused.csrf", "no token");
    }
    if (id === undefined) {
      return json(this.#tell(this.#begin(request.headers.get("Idempotency-Key") ?? "", text())), 201);
    }
    const upload = this.uploads.get(id);
    if (upload === undefined) {
      return refusal(404, "not_found.upload", "There is none.");
    }
    const objects = upload.records.flatMap((one, index) => one.objects.map((object) => ({ object, index })));
    const toldObject = ({ object, index }: (typeof objects)[number]) => ({
      record_index: index,
      role: object.role,
      cid: object.cid,
      size_bytes: object.size_bytes,
      received_bytes: object.data.length,
    });
    if (what === undefined) {
      if (method === "DELETE") {
        upload.state = "expired";
      }
      return json(this.#tell(upload));
    }
    if (what === "objects" && cid === undefined) {
      return json({ items: objects.map(toldObject), next_cursor: null });
    }
    if (what === "objects") {
      const found = objects.find((one) => one.object.cid === cid);
      if (found === undefined) {
        return refusal(404, "not_found.upload", "There is none.");
      }
      if (method === "PUT") {
        requireDigest(request, body);
        const [, start] = /^bytes (\d+)-/.exec(request.headers.get("Content-Range") ?? "") ?? [];
        if (Number(start ?? 0) !== found.object.data.length) {
          return refusal(400, "input.upload_offset", "Elsewhere.");
        }
        found.object.data = concatBytes(found.object.data, body);
      }
      return json(toldObject(found));
    }
    if (what === "packs") {
      requireDigest(request, body);
      for (const [blockCid, data] of unpack(body)) {
        const found = objects.find((one) => one.object.cid === blockCid);
        if (found !== undefined) {
          found.object.data = data;
        }
      }
      return json(this.#tell(upload));
    }
    if (what === "position") {
      return json(this.#position(upload));
    }
    return this.#finish(upload, text(), json);
  }

  #begin(key: string, asked: Json): FakeUpload {
    const words = spelled(asked);
    for (const one of this.uploads.values()) {
      if (one.key === key) {
        if (one.words !== words) {
          throw refusal(409, "conflict.idempotency", "Another upload.");
        }
        return one;
      }
    }
    const upload: FakeUpload = {
      id: (this.uploads.size + 1).toString(16).padStart(32, "0"),
      key,
      words,
      author: this.person,
      patient: asked.patient as Address,
      records: (asked.records as { category_code: string; objects: Announced[] }[]).map((one) => ({
        code: one.category_code,
        objects: one.objects.map((object) => ({ ...object, data: new Uint8Array(0) })),
      })),
      state: "open",
      act: null,
      failure: null,
      receipt: null,
    };
    this.uploads.set(upload.id, upload);
    return upload;
  }

  #tell(upload: FakeUpload): Json {
    return {
      upload_id: upload.id,
      state: upload.state,
      patient: upload.patient,
      author: upload.author,
      records_count: upload.records.length,
      objects_count: upload.records.length * 3,
      missing_count: 0,
      missing: [],
      act_id_hex: upload.receipt === null ? null : "ab".repeat(32),
      failure: upload.failure,
      receipt: upload.receipt,
      created_at: 1,
      expires_at: null,
    };
  }

  #position(upload: FakeUpload): Json {
    for (const object of upload.records.flatMap((one) => one.objects)) {
      if (object.data.length !== object.size_bytes) {
        throw refusal(400, "input.upload_incomplete", `Missing: ${object.role}.`);
      }
      this.blocks.set(object.cid, object.data);
    }
    upload.state = "stored";
    const head = { patient: upload.patient, sequence: this.entries.length, previous_link_hex: this.headLinkHex() };
    const [only] = upload.records;
    const act: ActRequest =
      upload.records.length === 1 && only !== undefined
        ? {
            kind: "add",
            params: { ...head, category: only.code, location: 1, digest_hex: digestOfManifest(only.objects) },
          }
        : { kind: "add_batches", params: { ...head, batches: this.#batches(upload) } };
    upload.act = act;
    const validity = { nonce: 7, deadlineAt: Math.floor(Date.now() / 1000) + 3600 };
    const built = buildAct(act, upload.author, new Facts(CATEGORIES, [], null), this.trust, validity);
    return {
      contract: "Records",
      function: built.function,
      args: JSON.parse(JSON.stringify(built.args)) as unknown[],
      typed_data: JSON.parse(JSON.stringify(built.typedData)) as Json,
      nonce: validity.nonce,
      deadline_at: validity.deadlineAt,
      sequence: head.sequence,
      previous_link_hex: head.previous_link_hex,
    };
  }

  #batches(upload: FakeUpload) {
    return [...new Set(upload.records.map((one) => one.code))].map((category) => {
      const leaves = upload.records.filter((one) => one.code === category).map((one) => digestOfManifest(one.objects));
      const list_digest_hex = sha256Hex(batchListBytes(leaves));
      return { category, location: 1, count: leaves.length, root_hex: rootHex(leaves), list_digest_hex };
    });
  }

  #finish(upload: FakeUpload, _body: Json, json: (answer: Json, status?: number) => Response): Response {
    const { act } = upload;
    if (act === null || (act.kind !== "add" && act.kind !== "add_batches")) {
      return refusal(409, "conflict", "No position.");
    }
    if (act.params.previous_link_hex !== this.headLinkHex()) {
      return refusal(403, "refused.Records.StaleHead", "Another entry came first.");
    }
    const numberOf = (code: string) => [...CATEGORIES].find(([, one]) => one === code)?.[0] ?? 0;
    const added: Json[] = [];
    const groups = act.kind === "add" ? [act.params.category] : act.params.batches.map((one) => one.category);
    for (const code of groups) {
      const leaves = upload.records.filter((one) => one.code === code).map((one) => digestOfManifest(one.objects));
      this.addEntry(upload.author, numberOf(code), leaves, act.kind === "add_batches");
    }
    const seen = new Map<string, number>();
    for (const one of upload.records) {
      const leafIndex = seen.get(one.code) ?? 0;
      seen.set(one.code, leafIndex + 1);
      const sequence = (act.params.sequence as number) + groups.indexOf(one.code);
      const leaf_index = act.kind === "add" ? null : leafIndex;
      added.push({ sequence, leaf_index, manifest_digest_hex: digestOfManifest(one.objects) });
    }
    upload.state = "anchored";
    upload.receipt = { records: added, transaction_hash_hex: null };
    return json(this.#tell(upload), 202);
  }

  /** Puts an entry on the chain; a batch where `isBatch`. */
  addEntry(author: Address, category: number, leaves: string[], isBatch: boolean): void {
    this.entries.push({
      patient: PATIENT.address,
      sequence: this.entries.length,
      author,
      category,
      location: 1,
      digestHex: isBatch ? rootHex(leaves) : (leaves[0] ?? ""),
      recordedAt: 1_790_000_000 + this.entries.length,
      count: isBatch ? leaves.length : 0,
    });
    this.leaves.push(leaves);
  }
}

/** A wallet that signs all it is asked, and remembers what that was. */
export function signerOf(account: typeof PATIENT) {
  const signed: TypedData[] = [];
  const sign = (typedData: TypedData): Promise<`0x${string}`> => {
    signed.push(typedData);
    const { EIP712Domain: _derived, ...types } = typedData.types as Record<string, { name: string; type: string }[]>;
    return account.signTypedData({ ...typedData, types } as Parameters<typeof account.signTypedData>[0]);
  };
  return { sign, signed };
}

export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ code, message, remedy: "", request_id: "request-1" }, { status, headers });
}

function digestOfManifest(objects: readonly Announced[]): string {
  return digestOfRawCid(objects.find((one) => one.role === "manifest")?.cid ?? "");
}

function requireDigest(request: Request, body: Uint8Array): void {
  if (request.headers.get("Content-Digest") !== `sha-256=:${toBase64(sha256(body))}:`) {
    throw refusal(400, "verification.upload_part", "Another checksum.");
  }
}

function bytes(data: Uint8Array): Response {
  return new Response(data as Bytes, { headers: { "Content-Type": "application/octet-stream" } });
}

function ranged(data: Uint8Array, range: string | null): Response {
  const [, start] = /^bytes=(\d+)-$/.exec(range ?? "") ?? [];
  return start === undefined
    ? bytes(data)
    : new Response(data.slice(Number(start)) as Bytes, {
        status: 206,
        headers: { "Content-Range": `bytes ${start}-` },
      });
}

function* unpack(pack: Uint8Array): Generator<[string, Uint8Array]> {
  let at = 18;
  while (at < pack.length) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = pack[at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        break;
      }
    }
    const data = pack.slice(at + 36, at + length);
    const cid = cidOfRaw(data);
    if (toHex(pack.slice(at + 4, at + 36)) !== sha256Hex(data)) {
      throw refusal(400, "input.pack", "Not its CID.");
    }
    yield [cid, data];
    at += length;
  }
}
