/**
 * SHA-256, three ways: `sha256` at once for what is small (a manifest, a share), `sha256Native` by the browser for blocks,
 * and `Sha256Stream` for one hash over a stream, which WebCrypto does not have.
 */
import { sha256 as nobleSha256 } from "@noble/hashes/sha2";
import { createSHA256 } from "hash-wasm";
import { asBytes, type Bytes, toHex } from "./bytes.ts";

/** SHA-256 of a small object, at once. */
export function sha256(data: Uint8Array): Bytes {
  return asBytes(nobleSha256(data));
}

/** SHA-256 of a small object in hex, at once. */
export function sha256Hex(data: Uint8Array): string {
  return toHex(sha256(data));
}

/** SHA-256 by the browser: fast, for blocks. */
export async function sha256Native(data: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", asBytes(data)));
}

/** One SHA-256 over chunks of any size. Needs WebAssembly. */
export class Sha256Stream {
  readonly #hasher: Awaited<ReturnType<typeof createSHA256>>;

  private constructor(hasher: Awaited<ReturnType<typeof createSHA256>>) {
    this.#hasher = hasher;
  }

  static async create(): Promise<Sha256Stream> {
    const hasher = await createSHA256();
    hasher.init();
    return new Sha256Stream(hasher);
  }

  update(chunk: Uint8Array): void {
    this.#hasher.update(chunk);
  }

  /** The hash in hex; the object can't be used after it. */
  finishHex(): string {
    return this.#hasher.digest("hex");
  }
}
