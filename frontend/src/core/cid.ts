/**
 * Content identifiers: CIDv1, base32, sha2-256, raw leaves, 256 KiB chunks, 174 links a node, balanced.
 *
 * Up to 256 KiB a file is one raw block, and its CID's digest is simply the SHA-256 of its bytes; that is how one 32-byte
 * word on chain is a manifest's hash and its address at once.
 */
import { base32nopad } from "@scure/base";
import { type Bytes, concatBytes, fromHex, toHex } from "./bytes.ts";
import { MendrecError } from "./errors.ts";
import { sha256, sha256Native } from "./sha256.ts";

/** A CID of the one form used here, checked. */
export type Cid = string & { readonly __cid: unique symbol };

export const RAW_BLOCK_MAX_BYTES = 262_144;
const LINKS_MAX = 174;
const IN_FLIGHT_MAX = 16;
const RAW_SHA256_PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20);
const DAG_PB_SHA256_PREFIX = Uint8Array.of(0x01, 0x70, 0x12, 0x20);
const CID_BYTES = 36;

/** The CID of the one raw block whose SHA-256 is `digestHex`. Throws `input.invalid` for another shape. */
export function rawCidFromDigest(digestHex: string): Cid {
  if (!/^[0-9a-f]{64}$/.test(digestHex)) {
    throw new MendrecError("input.invalid", "A digest is 64 lower-case hex digits.");
  }
  return encode(concatBytes(RAW_SHA256_PREFIX, fromHex(digestHex)));
}

/** The CID of bytes of one raw block, at once. Throws `input.too_large` for more than a block. */
export function cidOfRaw(data: Uint8Array): Cid {
  if (data.length > RAW_BLOCK_MAX_BYTES) {
    throw new MendrecError("input.too_large", "This is more than one raw block.");
  }
  return encode(concatBytes(RAW_SHA256_PREFIX, sha256(data)));
}

/** The SHA-256 (hex) that a raw block's CID carries. Throws `input.invalid` for any other CID. */
export function digestOfRawCid(cid: string): string {
  if (!isRawCid(parseCid(cid))) {
    throw new MendrecError("input.invalid", "Not the CID of one raw block.");
  }
  return toHex(cidBytes(cid).subarray(4));
}

/** Whether a CID names one raw block, which is then the content itself. */
export function isRawCid(cid: Cid): boolean {
  return startsWith(cidBytes(cid), RAW_SHA256_PREFIX);
}

/** `text` as a CID of the one form used here. Throws `input.invalid` for any other, so that content has one name. */
export function parseCid(text: string): Cid {
  cidBytes(text);
  return text as Cid;
}

/** The 36 bytes of a CID. Throws `input.invalid`. */
export function cidBytes(text: string): Bytes {
  let data: Uint8Array | null = null;
  if (/^b[a-z2-7]+$/.test(text)) {
    try {
      data = base32nopad.decode(text.slice(1).toUpperCase());
    } catch {
      data = null;
    }
  }
  if (data === null || encode(cidFromChecked(data)) !== text) {
    throw new MendrecError("input.invalid", "Not a CIDv1 in base32 over sha2-256.");
  }
  return new Uint8Array(data);
}

/** The CID that 36 bytes are. Throws `input.invalid`. */
export function cidFromBytes(data: Uint8Array): Cid {
  return encode(cidFromChecked(data));
}

/** `verification.cid_mismatch`: the bytes are not those that the CID names. */
export function cidMismatch(message: string): MendrecError {
  return new MendrecError("verification.cid_mismatch", message, {
    remedy: "Fetch it from another copy; `mendrec check` tells which copies are good.",
  });
}

/** Computes a CID from chunks of any size, in constant memory; blocks are hashed by the browser, several at a time. */
export class CidHasher {
  readonly #tree = new LinkTree();
  readonly #inFlight: Promise<Bytes>[] = [];
  readonly #sizes: number[] = [];
  #block = new Uint8Array(RAW_BLOCK_MAX_BYTES);
  #used = 0;

  /** Absorbs the next bytes. They may be changed by the caller once this has returned. */
  async update(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#used === RAW_BLOCK_MAX_BYTES) {
        await this.#hashBlock(); // only now is it known that it is not the last
      }
      const taken = Math.min(rest.length, RAW_BLOCK_MAX_BYTES - this.#used);
      this.#block.set(rest.subarray(0, taken), this.#used);
      this.#used += taken;
      rest = rest.subarray(taken);
    }
  }

  /** The CID of everything absorbed; the hasher can't be used after it. */
  async digest(): Promise<Cid> {
    await this.#hashBlock();
    while (this.#inFlight.length > 0) {
      await this.#land();
    }
    return encode(this.#tree.finish());
  }

  async #hashBlock(): Promise<void> {
    // WebCrypto takes a copy of what it is given, so that the block can be filled again at once.
    const hash = sha256Native(this.#block.subarray(0, this.#used));
    hash.catch(() => undefined); // it is awaited in `#land`, which may be later than it fails
    this.#inFlight.push(hash);
    this.#sizes.push(this.#used);
    this.#used = 0;
    if (this.#inFlight.length >= IN_FLIGHT_MAX) {
      await this.#land();
    }
  }

  async #land(): Promise<void> {
    const [hash, size] = [this.#inFlight.shift(), this.#sizes.shift()];
    if (hash !== undefined && size !== undefined) {
      this.#tree.add({ cid: concatBytes(RAW_SHA256_PREFIX, await hash), fileBytes: size, treeBytes: size }, 0);
    }
  }
}

/** The CID of bytes of any size. */
export async function cidOf(data: Uint8Array): Promise<Cid> {
  const hasher = new CidHasher();
  await hasher.update(data);
  return hasher.digest();
}

type Link = { readonly cid: Bytes; readonly fileBytes: number; readonly treeBytes: number };

/** The balanced tree over leaves as they come; at most one open node a level is held. */
class LinkTree {
  readonly #levels: Link[][] = [];

  add(link: Link, level: number): void {
    const open = this.#levels[level] ?? [];
    this.#levels[level] = open;
    if (open.length === LINKS_MAX) {
      this.add(nodeOver(open.splice(0)), level + 1);
    }
    open.push(link);
  }

  /** The 36 bytes of the root's CID. */
  finish(): Bytes {
    for (let level = 0; ; level++) {
      const open = this.#levels[level] ?? [];
      const only = open[0];
      if (level === this.#levels.length - 1 && open.length === 1 && only !== undefined) {
        return only.cid;
      }
      this.add(nodeOver(open), level + 1);
    }
  }
}

/** A dag-pb node (ipld.io/specs/codecs/dag-pb) of a UnixFS file: its links, then type, size and the links' sizes. */
function nodeOver(links: readonly Link[]): Link {
  const fileBytes = links.reduce((sum, link) => sum + link.fileBytes, 0);
  const unixfs = concatBytes(
    Uint8Array.of(0x08, 0x02, 0x18),
    varint(fileBytes),
    ...links.flatMap((link) => [Uint8Array.of(0x20), varint(link.fileBytes)]),
  );
  const block = concatBytes(
    ...links.map((link) =>
      field(0x12, concatBytes(field(0x0a, link.cid), Uint8Array.of(0x12, 0, 0x18), varint(link.treeBytes))),
    ),
    field(0x0a, unixfs),
  );
  return {
    cid: concatBytes(DAG_PB_SHA256_PREFIX, sha256(block)),
    fileBytes,
    treeBytes: block.length + links.reduce((sum, link) => sum + link.treeBytes, 0),
  };
}

function field(tag: number, data: Uint8Array): Bytes {
  return concatBytes(Uint8Array.of(tag), varint(data.length), data);
}

/** An unsigned LEB128 number; above 2^31, where bit operations would end, too. */
export function varint(value: number): Bytes {
  const found: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    found.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Uint8Array.of(...found, rest);
}

function cidFromChecked(data: Uint8Array): Uint8Array {
  const known = startsWith(data, RAW_SHA256_PREFIX) || startsWith(data, DAG_PB_SHA256_PREFIX);
  if (data.length !== CID_BYTES || !known) {
    throw new MendrecError("input.invalid", "Not a CIDv1 in base32 over sha2-256.");
  }
  return data;
}

function encode(data: Uint8Array): Cid {
  return `b${base32nopad.encode(data).toLowerCase()}` as Cid;
}

function startsWith(data: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, position) => data[position] === byte);
}
