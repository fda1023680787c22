/**
 * Sealing and opening a payload as a stream, in bounded memory: by WebCrypto where the browser has the cipher, else by the
 * age library. Both make and read the same files.
 */
import { cannotOpen, cannotSeal, type Identity, openStream, sealStream } from "./age.ts";
import { parseRecipient } from "./ageRecipient.ts";
import { asBytes, type Bytes } from "./bytes.ts";
import { CiphertextDigest, type CiphertextRef } from "./ciphertextDigest.ts";
import { isCode, MendrecError } from "./errors.ts";
import { openChunks, sealChunks, webcryptoSupported } from "./webcryptoStream.ts";

export type PayloadPath = "webcrypto" | "library";
export type PayloadSource = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;
/** Takes chunks one after the other; what it throws ends the work and comes out as it is. */
export type PayloadSink = (chunk: Bytes) => void | Promise<void>;
export type PayloadOptions = {
  /** Bytes taken from the source so far: of plaintext when sealing, of ciphertext when opening. */
  readonly onBytes?: (done: number) => void;
  readonly signal?: AbortSignal;
  /** Else the faster one that works here. */
  readonly path?: PayloadPath;
};

/** `verification.payload_mismatch`: the stored payload is not the one that the manifest names. */
function payloadMismatch(cause?: unknown): MendrecError {
  return new MendrecError("verification.payload_mismatch", "The payload is not the one that the manifest names.", {
    remedy: "Discard it and fetch another copy; `mendrec check` tells which copies are good.",
    cause,
  });
}

/**
 * Encrypts `source` to `recipient` into `sink`; returns what a manifest says of the ciphertext. What is in the sink is to
 * be discarded when this throws.
 *
 * Throws `input.malformed_recipient` before anything is written, `input.too_large` past `maxBytes`, `cancelled`,
 * `crypto.cannot_seal`; what source and sink throw, as it is.
 */
export async function sealPayload(
  recipient: string,
  source: PayloadSource,
  sink: PayloadSink,
  options: PayloadOptions & { readonly maxBytes: number },
): Promise<CiphertextRef> {
  parseRecipient(recipient);
  const outer = new Outer();
  const plaintext = outer.guarding(bounded(chunksOf(source), options));
  const path = options.path ?? (await fastestPath());
  const sealed = path === "webcrypto" ? sealChunks(recipient, plaintext) : librarySeal(recipient, plaintext);
  const digest = new CiphertextDigest(source instanceof Blob ? mostCiphertextBytes(source.size) : null);
  const chunks = sealed[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await outer.inside(chunks.next(), cannotSeal);
      if (next.done === true) {
        return await digest.finish();
      }
      await digest.update(next.value);
      await sink(next.value);
    }
  } finally {
    await plaintext.return(undefined);
  }
}

/**
 * Decrypts the payload that `expected` names into `sink`. Rows 11 and 12 of docs/format.md, "Opening"; row 10, that
 * `identity` is the manifest's, is `opening.ts`'s. Nothing in the sink counts before this returns: discard it when this
 * throws.
 *
 * 1. While streaming: no more bytes than stated (a store could go on without end), each of age's chunks authentic.
 * 2. At the end: size, SHA-256 and CID are those stated. Only a payload that holds here can be said to have been sealed
 *    wrongly by its author.
 *
 * Throws `verification.payload_mismatch` (fetch another copy), `verification.cannot_open` (the copy is good and does not
 * open), `cancelled`; what source and sink throw, as it is.
 */
export async function openPayload(
  identity: Identity,
  source: PayloadSource,
  expected: CiphertextRef,
  sink: PayloadSink,
  options: PayloadOptions = {},
): Promise<void> {
  const digest = new CiphertextDigest(expected.sizeBytes);
  const outer = new Outer();
  const ciphertext = outer.guarding(digesting(chunksOf(source), digest, expected.sizeBytes, options));
  const path = options.path ?? (await fastestPath());
  const opened = path === "webcrypto" ? openChunks(identity, ciphertext) : libraryOpen(identity, ciphertext);
  let failure: MendrecError | null = null;
  try {
    for (let next = await inside(); next !== null; next = await inside()) {
      await sink(next);
    }
    for (let rest = await ciphertext.next(); rest.done !== true; rest = await ciphertext.next()) {
      // What was not read is still digested: a damaged copy and a badly sealed payload are two things.
    }
  } finally {
    await ciphertext.return(undefined);
  }
  outer.rethrow();
  const found = await digest.finish();
  if (found.sizeBytes !== expected.sizeBytes || found.sha256Hex !== expected.sha256Hex || found.cid !== expected.cid) {
    throw payloadMismatch(failure);
  }
  if (failure !== null) {
    throw failure;
  }

  /** The next chunk of plaintext; null at the end, and where it can't be opened. */
  async function inside(): Promise<Bytes | null> {
    try {
      const next = await outer.inside(opened.next(), (cause) => cannotOpen("The payload does not open.", cause));
      return next.done === true ? null : next.value;
    } catch (error) {
      if (isCode(error, "verification.cannot_open")) {
        failure = error;
        return null;
      }
      throw error;
    }
  }
}

async function fastestPath(): Promise<PayloadPath> {
  return (await webcryptoSupported()) ? "webcrypto" : "library";
}

/** Keeps what a source threw apart from what the encryption did: libraries wrap the one in the other, or drop it. */
class Outer {
  #failure: { readonly error: unknown } | null = null;

  async *guarding(source: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
    try {
      yield* source;
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  rethrow(): void {
    if (this.#failure !== null) {
      throw this.#failure.error;
    }
  }

  async inside<T>(step: Promise<T>, wrap: (cause: unknown) => MendrecError): Promise<T> {
    try {
      return await step;
    } catch (error) {
      this.rethrow();
      throw error instanceof MendrecError ? error : wrap(error);
    }
  }
}

export async function* chunksOf(source: PayloadSource): AsyncGenerator<Uint8Array> {
  if (!(source instanceof Blob) && !(source instanceof ReadableStream)) {
    yield* source;
    return;
  }
  const reader = (source instanceof Blob ? source.stream() : source).getReader();
  try {
    let ahead = reader.read();
    for (let next = await ahead; !next.done; next = await ahead) {
      ahead = reader.read(); // while the last one is worked on
      ahead.catch(() => undefined); // it is awaited above, if at all
      yield next.value;
    }
  } finally {
    // Where it was read to its end this does nothing; else the source need not go on. Whoever left early has the error.
    await reader.cancel().catch(() => undefined);
  }
}

async function* bounded(
  source: AsyncIterable<Uint8Array>,
  { maxBytes, onBytes, signal }: PayloadOptions & { readonly maxBytes: number },
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const chunk of source) {
    requireNotCancelled(signal);
    done += chunk.length;
    if (done > maxBytes) {
      throw new MendrecError("input.too_large", `The file is larger than ${maxBytes} bytes.`, {
        remedy: "Split it, or leave out what is not needed.",
      });
    }
    onBytes?.(done);
    yield chunk;
  }
  requireNotCancelled(signal);
}

async function* digesting(
  source: AsyncIterable<Uint8Array>,
  digest: CiphertextDigest,
  maxBytes: number,
  { onBytes, signal }: PayloadOptions,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    requireNotCancelled(signal);
    if (digest.sizeBytes + chunk.length > maxBytes) {
      throw payloadMismatch();
    }
    await digest.update(chunk);
    onBytes?.(digest.sizeBytes);
    yield chunk;
  }
  requireNotCancelled(signal);
}

async function* librarySeal(recipient: string, plaintext: AsyncGenerator<Uint8Array>): AsyncGenerator<Bytes> {
  yield* ownChunks(await sealStream(recipient, streamOf(plaintext)));
}

async function* libraryOpen(identity: Identity, ciphertext: AsyncGenerator<Uint8Array>): AsyncGenerator<Bytes> {
  yield* ownChunks(await openStream(identity, streamOf(ciphertext)));
}

async function* ownChunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Bytes> {
  for await (const chunk of chunksOf(stream)) {
    yield asBytes(chunk);
  }
}

/** Has no `cancel`: what the library leaves unread is still digested. */
function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await chunks.next();
        if (next.done === true) {
          controller.close();
        } else {
          controller.enqueue(next.value);
        }
      },
    },
    { highWaterMark: 0 },
  );
}

function requireNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new MendrecError("cancelled", "It was stopped.");
  }
}

/** With room for the header. */
function mostCiphertextBytes(plaintextBytes: number): number {
  return plaintextBytes + Math.ceil(plaintextBytes / 65_536 + 1) * 16 + 1024;
}
