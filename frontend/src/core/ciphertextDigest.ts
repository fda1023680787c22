/** Size, SHA-256 and CID of a ciphertext, computed while it passes: on its way to a sink, or from a store. */

import { toHex } from "./bytes.ts";
import { type Cid, CidHasher } from "./cid.ts";
import { Sha256Stream, sha256Native } from "./sha256.ts";

/** Of the ciphertext. */
export type CiphertextRef = { readonly cid: Cid; readonly sizeBytes: number; readonly sha256Hex: string };

/**
 * Up to here a ciphertext whose size is known before is also held whole for its SHA-256: the browser hashes whole buffers
 * several times as fast as WebAssembly does a stream, and has no hash of streams. Nearly every record is smaller; memory
 * stays bounded by it.
 */
const HELD_MAX_BYTES = 64 * 1024 ** 2;

export class CiphertextDigest {
  readonly #cid = new CidHasher();
  #held: Uint8Array<ArrayBuffer> | null;
  #stream: Sha256Stream | null = null;
  #sizeBytes = 0;

  /** `mostBytes`: how much will come at most, where that is known; where more comes it is hashed all the same. */
  constructor(mostBytes: number | null = null) {
    this.#held = mostBytes === null || mostBytes > HELD_MAX_BYTES ? null : new Uint8Array(mostBytes);
  }

  /** Bytes absorbed so far. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Absorbs the next bytes; the caller may use them otherwise once this has returned. */
  async update(chunk: Uint8Array): Promise<void> {
    const end = this.#sizeBytes + chunk.length;
    if (this.#held !== null && end > this.#held.length) {
      this.#stream = await Sha256Stream.create();
      this.#stream.update(this.#held.subarray(0, this.#sizeBytes));
      this.#held = null;
    }
    if (this.#held === null) {
      this.#stream ??= await Sha256Stream.create();
      this.#stream.update(chunk);
    } else {
      this.#held.set(chunk, this.#sizeBytes);
    }
    this.#sizeBytes = end;
    await this.#cid.update(chunk);
  }

  /** Size and hashes of everything absorbed; the object can't be used after it. */
  async finish(): Promise<CiphertextRef> {
    const cid = await this.#cid.digest();
    if (this.#held !== null) {
      const sha256Hex = toHex(await sha256Native(this.#held.subarray(0, this.#sizeBytes)));
      return { cid, sizeBytes: this.#sizeBytes, sha256Hex };
    }
    this.#stream ??= await Sha256Stream.create();
    return { cid, sizeBytes: this.#sizeBytes, sha256Hex: this.#stream.finishHex() };
  }
}
