/**
 * The last chunk of an age file may be empty only where the payload is (age-encryption.org/v1, "Payload"): else one content
 * would have two files, of which one could be passed off for the other.
 */
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { newIdentity, recipientOf, sealHeader } from "./age.ts";
import { asBytes, type Bytes, concatBytes, toUtf8 } from "./bytes.ts";
import { cidOf } from "./cid.ts";
import { openPayload, type PayloadPath } from "./payloadStream.ts";
import { sha256Hex } from "./sha256.ts";

type Cipher = {
  update(data: Uint8Array): Uint8Array;
  final(): Uint8Array;
  getAuthTag(): Uint8Array;
  setAuthTag(tag: Uint8Array): void;
};
type Make = (name: "chacha20-poly1305", key: Uint8Array, iv: Uint8Array, options: { authTagLength: 16 }) => Cipher;
/** Node's own ciphers: its WebCrypto has no ChaCha20-Poly1305, which browsers' has. */
declare const process: {
  getBuiltinModule(name: "node:crypto"): { createCipheriv: Make; createDecipheriv: Make };
};
const { createCipheriv, createDecipheriv } = process.getBuiltinModule("node:crypto");

const CHUNK = 64 * 1024;
const TAG = 16;
const CANNOT_OPEN = expect.objectContaining({ code: "verification.cannot_open" });
let identity = "";

beforeAll(async () => {
  identity = await newIdentity();
});
afterEach(() => vi.restoreAllMocks());

function sealedChunk(key: Uint8Array, plaintext: Uint8Array, position: number, isLast: boolean): Bytes {
  const nonce = new Uint8Array(12);
  nonce[10] = position;
  nonce[11] = isLast ? 1 : 0;
  const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG });
  return concatBytes(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
}

/** An age file of exactly these chunks. */
async function fileOf(...sizes: readonly number[]): Promise<Bytes> {
  const { header, fileKey } = await sealHeader(await recipientOf(identity));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const base = await crypto.subtle.importKey("raw", fileKey, "HKDF", false, ["deriveBits"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt, info: toUtf8("payload") };
  const key = new Uint8Array(await crypto.subtle.deriveBits(derivation, base, 256));
  const chunks = sizes.map((size, at) => sealedChunk(key, new Uint8Array(size), at, at === sizes.length - 1));
  return concatBytes(header, salt, ...chunks);
}

async function openedSize(file: Bytes, path: PayloadPath): Promise<number> {
  const sizes: number[] = [];
  const ref = { cid: await cidOf(file), sizeBytes: file.length, sha256Hex: sha256Hex(file) };
  await openPayload(identity, new Blob([file]), ref, (chunk) => void sizes.push(chunk.length), { path });
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Lends WebCrypto the cipher that browsers' has. */
function lendCipher(): void {
  const keys = new Map<CryptoKey, Uint8Array>();
  const { subtle } = crypto;
  const [importKey, deriveBits] = [subtle.importKey.bind(subtle), subtle.deriveBits.bind(subtle)];
  vi.spyOn(subtle, "importKey").mockImplementation((async (...asked: Parameters<SubtleCrypto["importKey"]>) => {
    const usages = asked[2] === "HKDF" ? ["deriveBits"] : asked[4];
    return importKey(asked[0] as "raw", asked[1] as Bytes, asked[2], asked[3], usages as KeyUsage[]);
  }) as unknown as SubtleCrypto["importKey"]);
  vi.spyOn(subtle, "deriveKey").mockImplementation(async (derivation, base) => {
    const key = {} as CryptoKey;
    keys.set(key, new Uint8Array(await deriveBits(derivation, base, 256)));
    return key;
  });
  vi.spyOn(subtle, "decrypt").mockImplementation(async (asked, key, data) => {
    const iv = (asked as AesGcmParams).iv as Uint8Array;
    const sealed = new Uint8Array(data as Bytes);
    const cipher = createDecipheriv("chacha20-poly1305", keys.get(key) ?? new Uint8Array(32), iv, {
      authTagLength: TAG,
    });
    cipher.setAuthTag(sealed.subarray(-TAG));
    const opened = concatBytes(cipher.update(sealed.subarray(0, -TAG)), cipher.final());
    return asBytes(opened).buffer;
  });
}

describe.each<PayloadPath>(["library", "webcrypto"])("by %s", (path) => {
  it("an empty last chunk is refused after a full one", async () => {
    const file = await fileOf(CHUNK, 0);
    if (path === "webcrypto") lendCipher();
    await expect(openedSize(file, path)).rejects.toEqual(CANNOT_OPEN);
  });

  it.each([[[0]], [[CHUNK]], [[CHUNK, 1]]])("chunks of %j bytes open", async (sizes) => {
    const file = await fileOf(...sizes);
    if (path === "webcrypto") lendCipher();
    expect(await openedSize(file, path)).toBe(sizes.reduce((sum, size) => sum + size));
  });
});
