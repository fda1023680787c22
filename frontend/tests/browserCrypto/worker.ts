/** Seals and opens by `src/core`, from files of the server to results at the server, in bounded memory. */
import { newIdentity, openStream, recipientOf, sealStream } from "../../src/core/age.ts";
import { type Bytes, concatBytes } from "../../src/core/bytes.ts";
import { CiphertextDigest, type CiphertextRef } from "../../src/core/ciphertextDigest.ts";
import { MendrecError } from "../../src/core/errors.ts";
import { chunksOf, openPayload, type PayloadSource, sealPayload } from "../../src/core/payloadStream.ts";
import { openChunks, sealChunks, webcryptoSupported } from "../../src/core/webcryptoStream.ts";
import type { Done, Job } from "./jobs.ts";

const PART_BYTES = 4 * 1024 ** 2;
const MAX = { maxBytes: 4 * 1024 ** 3 };

self.onmessage = async (event: MessageEvent<Job>) => {
  self.postMessage(await run(event.data));
};

async function run(job: Job): Promise<Done> {
  try {
    switch (job.kind) {
      case "supported":
        return { supported: await webcryptoSupported() };
      case "seal":
        return await seal(job);
      case "open":
        return await open(job);
      case "measure":
        return await measure(job);
    }
  } catch (error) {
    return { code: error instanceof MendrecError ? error.code : `unexpected: ${error}` };
  }
}

async function seal(job: Job & { kind: "seal" }): Promise<Done> {
  const progress = new Progress();
  const result = new Result(job.result);
  const file = await (await fetch(`/files/${job.file}`)).blob(); // as a file that was chosen or dropped
  const ref = await sealPayload(job.recipient, file, (chunk) => result.take(chunk), {
    path: job.path,
    onBytes: progress.take,
    ...MAX,
  });
  await result.finish();
  return { ref, ...progress.told() };
}

async function open(job: Job & { kind: "open" }): Promise<Done> {
  const progress = new Progress();
  const result = new Result(job.result);
  const expected = job.expected ?? (await digestOf(await fetched(job.file)));
  await openPayload(job.identity, await fetched(job.file), expected, (chunk) => result.take(chunk), {
    path: job.path,
    onBytes: progress.take,
  });
  await result.finish();
  return progress.told();
}

/**
 * MB/s from a file in the browser's storage to a sink that does nothing. Not `hashed`: encryption alone, by "library" as the
 * stock library comes; `hashed`: with size, SHA-256 and CID, as uploads and openings are done. `inMemory`: the file is read
 * before, so that reading it takes no part.
 */
async function measure({ sizeBytes, path, hashed, inMemory }: Job & { kind: "measure" }): Promise<Done> {
  const piece = new Uint8Array(1024 ** 2).map((_, position) => (position * 31) % 251);
  const plaintext = new Blob(Array.from({ length: Math.ceil(sizeBytes / piece.length) }, () => piece));
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const plain = inMemory ? await piecesOf(plaintext) : plaintext;
  const ignore = () => undefined;
  let ref: CiphertextRef | null = null;
  const seal = async (take: (chunk: Bytes) => void) => {
    if (hashed) {
      ref = await sealPayload(recipient, again(plain), take, { path, ...MAX });
    } else if (path === "library") {
      await drain(chunksOf(await sealStream(recipient, plaintext.stream())), take);
    } else {
      await drain(sealChunks(recipient, chunksOf(again(plain))), take);
    }
  };
  const beganSealing = performance.now();
  await seal(ignore);
  const sealMs = performance.now() - beganSealing;

  const sealed: Bytes[] = []; // once more, to be opened: keeping it takes time that is none of sealing's
  await seal((chunk) => void sealed.push(chunk));
  const ciphertext = new Blob([concatBytes(...sealed)]);
  sealed.length = 0;
  const cipher = inMemory ? await piecesOf(ciphertext) : ciphertext;
  const beganOpening = performance.now();
  if (ref !== null) {
    await openPayload(identity, again(cipher), ref, ignore, { path });
  } else if (path === "library") {
    await drain(chunksOf(await openStream(identity, ciphertext.stream())), ignore);
  } else {
    await drain(openChunks(identity, chunksOf(again(cipher))), ignore);
  }
  const openMs = performance.now() - beganOpening;
  return { sealMbS: plaintext.size / sealMs / 1000, openMbS: plaintext.size / openMs / 1000 };
}

/** A file, piece by piece as the browser gives it. */
async function piecesOf(file: Blob): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  await drain(chunksOf(file), (piece) => void pieces.push(piece));
  return pieces;
}

/** A source that begins anew at each call. */
function again(source: Blob | readonly Uint8Array[]): PayloadSource {
  if (source instanceof Blob) {
    return source;
  }
  return (async function* () {
    yield* source;
  })();
}

async function drain(chunks: AsyncIterable<Uint8Array>, take: (chunk: Bytes) => void): Promise<void> {
  for await (const chunk of chunks) {
    take(chunk as Bytes);
  }
}

async function fetched(file: string): Promise<PayloadSource> {
  const response = await fetch(`/files/${file}`);
  if (!response.ok || response.body === null) {
    throw new Error(`no file ${file}`);
  }
  return response.body;
}

async function digestOf(source: PayloadSource): Promise<CiphertextRef> {
  const digest = new CiphertextDigest();
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    await digest.update(chunk);
  }
  return digest.finish();
}

/** Appends to a result at the server, a part at a time. */
class Result {
  readonly #name: string;
  #held: Bytes[] = [];
  #heldBytes = 0;

  constructor(name: string) {
    this.#name = name;
  }

  async take(chunk: Bytes): Promise<void> {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes >= PART_BYTES) {
      await this.finish();
    }
  }

  async finish(): Promise<void> {
    // A Blob: what is sent as bytes, the browser's debugging door is told whole, which takes most of a second a part.
    await fetch(`/results/${this.#name}`, { method: "POST", body: new Blob(this.#held) });
    this.#held = [];
    this.#heldBytes = 0;
  }
}

class Progress {
  #reports = 0;
  #last = 0;

  readonly take = (done: number): void => {
    this.#reports += 1;
    this.#last = done;
  };

  told(): { reports: number; lastReport: number } {
    return { reports: this.#reports, lastReport: this.#last };
  }
}
