/**
 * The chunks of an age file by WebCrypto's ChaCha20-Poly1305, where the browser has it: several times as fast as the
 * library, which still makes and opens the header.
 *
 * After the header come 16 bytes, the salt of the payload's key, and chunks of 64 KiB, each sealed under its number and a
 * mark on the last (age-encryption.org/v1, "Payload"). A chunk is known to be the last when nothing follows, so the last
 * one is always held back.
 */
import { cannotOpen, type Identity, openHeader, sealHeader } from "./age.ts";
import { asBytes, type Bytes, concatBytes, toUtf8 } from "./bytes.ts";

const CIPHER = "ChaCha20-Poly1305";
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
/** Far above the few hundred bytes that a header with one recipient has. */
const HEADER_MAX_BYTES = 64 * 1024;
/** Chunks that the browser works on at a time; memory is bounded by it. */
const IN_FLIGHT_MAX = 16;
const NEWLINE = 0x0a;
const LAST_LINE = toUtf8("\n--- ");

let supported: Promise<boolean> | null = null;

/** Whether this browser has what {@link sealChunks} and {@link openChunks} need. Asked of the browser once. */
export function webcryptoSupported(): Promise<boolean> {
  supported ??= payloadKey(new Uint8Array(16), new Uint8Array(SALT_BYTES), "encrypt")
    .then((key) => crypto.subtle.encrypt({ name: CIPHER, iv: new Uint8Array(12) }, key, new Uint8Array(1)))
    .then((sealed) => sealed.byteLength === 1 + TAG_BYTES)
    .catch(() => false);
  return supported;
}

/** Yields an age file of `plaintext`, to one recipient. Throws `input.malformed_recipient`, `crypto.cannot_seal`. */
export async function* sealChunks(recipient: string, plaintext: AsyncIterable<Uint8Array>): AsyncGenerator<Bytes> {
  const { header, fileKey } = await sealHeader(recipient);
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const key = await payloadKey(fileKey, salt, "encrypt");
  yield concatBytes(header, salt);
  const pieces = piecesOf(plaintext, CHUNK_BYTES);
  yield* inOrder(pieces, (piece, iv) => crypto.subtle.encrypt({ name: CIPHER, iv }, key, piece));
}

/**
 * Yields the plaintext of an age file; each chunk is authentic, but that nothing is missing is only known when the
 * iteration has ended. Throws `verification.cannot_open`; what the source throws, as it is.
 */
export async function* openChunks(identity: Identity, ciphertext: AsyncIterable<Uint8Array>): AsyncGenerator<Bytes> {
  const source = ciphertext[Symbol.asyncIterator]();
  const { header, salt, rest } = await readHeader(source);
  const key = await payloadKey(await openHeader(identity, header), salt, "decrypt");
  const pieces = piecesOf(startingWith(rest, source), CHUNK_BYTES + TAG_BYTES);
  yield* inOrder(pieces, async (piece, iv, position) => {
    const isEmptyEnd = piece.length === TAG_BYTES && position > 0;
    if (isEmptyEnd) {
      throw cannotOpen("This can't be opened with the key given.");
    }
    try {
      return await crypto.subtle.decrypt({ name: CIPHER, iv }, key, piece);
    } catch (cause) {
      throw cannotOpen("This can't be opened with the key given.", cause);
    }
  });
}

/** The key of a file's chunks; it can't be read out. `fileKey` is cleared. */
async function payloadKey(fileKey: Bytes, salt: Bytes, usage: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", fileKey, "HKDF", false, ["deriveKey"]);
  fileKey.fill(0);
  const derivation = { name: "HKDF", hash: "SHA-256", salt, info: toUtf8("payload") };
  return crypto.subtle.deriveKey(derivation, base, { name: CIPHER, length: 256 }, false, [usage]);
}

type Piece = { readonly data: Bytes; readonly isLast: boolean };

/** Runs `work` on some pieces at a time, each under its number, and yields the results in order. */
async function* inOrder(
  pieces: AsyncIterable<Piece>,
  work: (piece: Bytes, iv: Bytes, position: number) => Promise<ArrayBuffer>,
): AsyncGenerator<Bytes> {
  const inFlight: Promise<ArrayBuffer>[] = [];
  let position = 0;
  for await (const { data, isLast } of pieces) {
    const running = work(data, chunkNonce(position, isLast), position);
    running.catch(() => undefined); // it is awaited below, which may be after it failed
    inFlight.push(running);
    position += 1;
    const first = inFlight.length >= IN_FLIGHT_MAX ? inFlight.shift() : undefined;
    if (first !== undefined) {
      yield new Uint8Array(await first);
    }
  }
  for (const running of inFlight) {
    yield new Uint8Array(await running);
  }
}

/** 11 bytes of the chunk's number, the highest first, then 1 for the last. */
function chunkNonce(position: number, isLast: boolean): Bytes {
  const nonce = new Uint8Array(12);
  const view = new DataView(nonce.buffer);
  view.setUint32(3, Math.floor(position / 2 ** 32));
  view.setUint32(7, position % 2 ** 32);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/**
 * Cuts a stream into pieces of `sizeBytes`; the last may be shorter. A piece is good until the next is asked for: WebCrypto
 * takes a copy when it is called, and a buffer for each would be garbage faster than browsers clear it away.
 */
async function* piecesOf(source: AsyncIterable<Uint8Array>, sizeBytes: number): AsyncGenerator<Piece> {
  const held = new Uint8Array(sizeBytes);
  let used = 0;
  for await (const chunk of source) {
    let rest = asBytes(chunk);
    while (rest.length > 0) {
      if (used === sizeBytes) {
        yield { data: held, isLast: false };
        used = 0;
      }
      if (used === 0 && rest.length > sizeBytes) {
        yield { data: rest.subarray(0, sizeBytes), isLast: false }; // without a copy: more follows
        rest = rest.subarray(sizeBytes);
        continue;
      }
      const taken = Math.min(rest.length, sizeBytes - used);
      held.set(rest.subarray(0, taken), used);
      used += taken;
      rest = rest.subarray(taken);
    }
  }
  yield { data: held.subarray(0, used), isLast: true };
}

/** Reads to the end of the header's last line and of the salt. Throws `verification.cannot_open`. */
async function readHeader(
  source: AsyncIterator<Uint8Array>,
): Promise<{ header: Bytes; salt: Bytes; rest: Uint8Array }> {
  let read: Bytes = new Uint8Array(0);
  for (;;) {
    const end = headerEnd(read);
    if (end !== null && read.length >= end + SALT_BYTES) {
      const payload = end + SALT_BYTES;
      return { header: read.slice(0, end), salt: read.slice(end, payload), rest: read.subarray(payload) };
    }
    if (end === null && read.length > HEADER_MAX_BYTES) {
      throw cannotOpen("This can't be opened with the key given.");
    }
    const next = await source.next();
    if (next.done === true) {
      throw cannotOpen("This can't be opened with the key given.");
    }
    read = concatBytes(read, next.value);
  }
}

function headerEnd(read: Uint8Array): number | null {
  const limit = Math.min(read.length, HEADER_MAX_BYTES);
  for (let start = read.indexOf(NEWLINE); start >= 0 && start < limit; start = read.indexOf(NEWLINE, start + 1)) {
    if (LAST_LINE.every((byte, offset) => read[start + offset] === byte)) {
      const end = read.indexOf(NEWLINE, start + 1);
      return end < 0 ? null : end + 1;
    }
  }
  return null;
}

async function* startingWith(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    yield next.value;
  }
}
