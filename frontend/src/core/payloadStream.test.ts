import { beforeAll, describe, expect, it } from "vitest";
import { newIdentity, openWith, recipientOf, toStoredKey } from "./age.ts";
import { type Bytes, concatBytes } from "./bytes.ts";
import { cidOf } from "./cid.ts";
import type { CiphertextRef } from "./ciphertextDigest.ts";
import { MendrecError } from "./errors.ts";
import { openPayload, type PayloadPath, sealPayload } from "./payloadStream.ts";
import { sha256Hex } from "./sha256.ts";
import { webcryptoSupported } from "./webcryptoStream.ts";

const CHUNK = 64 * 1024;
const SEALED_CHUNK = CHUNK + 16;
const MAX = { maxBytes: 1024 ** 3 };
const MISMATCH = expect.objectContaining({ code: "verification.payload_mismatch" });
const CANNOT_OPEN = expect.objectContaining({ code: "verification.cannot_open" });

// Node has no ChaCha20-Poly1305 in WebCrypto; tests/browser_crypto runs both paths in a browser.
const paths: PayloadPath[] = (await webcryptoSupported()) ? ["library", "webcrypto"] : ["library"];

let identity = "";
let recipient = "";

beforeAll(async () => {
  identity = await newIdentity();
  recipient = await recipientOf(identity);
});

function content(sizeBytes: number): Bytes {
  return Uint8Array.from({ length: sizeBytes }, (_, position) => (position * 7 + (position >> 12)) % 251);
}

async function sealed(plaintext: Uint8Array<ArrayBuffer>, path: PayloadPath): Promise<[Bytes, CiphertextRef]> {
  const chunks: Bytes[] = [];
  const ref = await sealPayload(recipient, new Blob([plaintext]), (chunk) => void chunks.push(chunk), { path, ...MAX });
  return [concatBytes(...chunks), ref];
}

async function opened(ciphertext: Bytes, expected: CiphertextRef, path: PayloadPath): Promise<Bytes> {
  const chunks: Bytes[] = [];
  await openPayload(identity, new Blob([ciphertext]), expected, (chunk) => void chunks.push(chunk), { path });
  return concatBytes(...chunks);
}

async function refOf(ciphertext: Bytes): Promise<CiphertextRef> {
  return { cid: await cidOf(ciphertext), sizeBytes: ciphertext.length, sha256Hex: sha256Hex(ciphertext) };
}

describe.each(paths)("a payload by %s", (path) => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 20 * CHUNK + 5])("of %i bytes", async (sizeBytes) => {
    const plaintext = content(sizeBytes);
    const [ciphertext, ref] = await sealed(plaintext, path);
    expect(ref).toEqual(await refOf(ciphertext));
    expect(sha256Hex(await opened(ciphertext, ref, path))).toBe(sha256Hex(plaintext));
    expect(sha256Hex(await openWith(identity, ciphertext))).toBe(sha256Hex(plaintext));
  });

  it("opens by a key that can't be read out", async () => {
    const [ciphertext, ref] = await sealed(content(10), path);
    const chunks: Bytes[] = [];
    const key = await toStoredKey(identity);
    await openPayload(key, new Blob([ciphertext]), ref, (chunk) => void chunks.push(chunk), { path });
    expect(concatBytes(...chunks)).toEqual(content(10));
  });

  it("altered, cut, extended or reordered is not the payload", async () => {
    const [ciphertext, ref] = await sealed(content(3 * CHUNK), path);
    const start = ciphertext.length - 3 * SEALED_CHUNK;
    const chunk = (n: number) => ciphertext.subarray(start + n * SEALED_CHUNK, start + (n + 1) * SEALED_CHUNK);
    const head = ciphertext.subarray(0, start);
    const flipped = ciphertext.slice();
    flipped[start + 70_000] = (flipped[start + 70_000] ?? 0) ^ 1;
    const others = {
      flipped,
      cut: ciphertext.slice(0, -1),
      "cut at a chunk": concatBytes(head, chunk(0), chunk(1)),
      extended: concatBytes(ciphertext, Uint8Array.of(0)),
      reordered: concatBytes(head, chunk(1), chunk(0), chunk(2)),
      "without its header": ciphertext.slice(20),
      empty: new Uint8Array(0),
    };
    for (const [name, other] of Object.entries(others)) {
      await expect(opened(other, ref, path), name).rejects.toEqual(MISMATCH);
      if (name !== "extended") {
        // With size and hashes of its own it is the author's fault: the copy is good and does not open.
        await expect(opened(other, await refOf(other), path), `${name}, as stated`).rejects.toEqual(CANNOT_OPEN);
      }
    }
    await expect(opened(others.extended, await refOf(others.extended), path)).rejects.toEqual(CANNOT_OPEN);
  });

  it("of another identity can't be opened", async () => {
    const [ciphertext, ref] = await sealed(content(10), path);
    const other = await newIdentity();
    await expect(openPayload(other, new Blob([ciphertext]), ref, () => undefined, { path })).rejects.toEqual(
      CANNOT_OPEN,
    );
  });

  it("that never ends is left", async () => {
    const [ciphertext, ref] = await sealed(content(10), path);
    let given = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(given === 0 ? ciphertext : new Uint8Array(1000));
        given += 1;
      },
    });
    await expect(openPayload(identity, endless, ref, () => undefined, { path })).rejects.toEqual(MISMATCH);
    expect(given).toBeLessThan(10);
  });

  it("reports what was done, stops when told, and lets out what source and sink throw", async () => {
    const [ciphertext, ref] = await sealed(content(3 * CHUNK), path);
    const seen: number[] = [];
    await openPayload(identity, new Blob([ciphertext]), ref, () => undefined, { path, onBytes: (n) => seen.push(n) });
    expect(seen.at(-1)).toBe(ciphertext.length);

    const stopped = { path, signal: AbortSignal.abort() };
    const cancelled = expect.objectContaining({ code: "cancelled" });
    await expect(openPayload(identity, new Blob([ciphertext]), ref, () => undefined, stopped)).rejects.toEqual(
      cancelled,
    );
    await expect(
      sealPayload(recipient, new Blob([content(9)]), () => undefined, { ...stopped, ...MAX }),
    ).rejects.toEqual(cancelled);

    const broken = new MendrecError("unavailable.node", "Gone.");
    const failing = () =>
      (async function* () {
        yield ciphertext.subarray(0, 100);
        throw broken;
      })();
    const throwing = () => {
      throw broken;
    };
    await expect(openPayload(identity, failing(), ref, () => undefined, { path })).rejects.toBe(broken);
    await expect(sealPayload(recipient, failing(), () => undefined, { path, ...MAX })).rejects.toBe(broken);
    await expect(openPayload(identity, new Blob([ciphertext]), ref, throwing, { path })).rejects.toBe(broken);
    await expect(sealPayload(recipient, new Blob([content(9)]), throwing, { path, ...MAX })).rejects.toBe(broken);
  });

  it("is bounded, and not sealed to what is no recipient", async () => {
    const seal = (to: string, maxBytes: number) =>
      sealPayload(to, new Blob([content(10)]), () => undefined, { path, maxBytes });
    await expect(seal(recipient, 9)).rejects.toEqual(expect.objectContaining({ code: "input.too_large" }));
    await expect(seal("age1nothing", 10)).rejects.toEqual(
      expect.objectContaining({ code: "input.malformed_recipient" }),
    );
  });
});
