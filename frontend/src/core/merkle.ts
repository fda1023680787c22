/**
 * Merkle trees over manifest digests: RFC 9162 section 2.1, SHA-256. Leaves are 32-byte digests in hex; their order is part
 * of the tree.
 *
 * NOTE: a proof says that a leaf is at an index of a tree of a size. That size and root are the anchored ones is the
 * caller's to know: take both from the chain's entry.
 */
import { type Bytes, concatBytes, equalBytes, fromHex, toHex } from "./bytes.ts";
import { MendrecError } from "./errors.ts";
import { parseDigestHex } from "./ids.ts";
import { sha256 } from "./sha256.ts";

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);

/** MTH(leaves), section 2.1.1. Throws `input.empty_tree`. */
export function rootHex(leavesHex: readonly string[]): string {
  if (leavesHex.length === 0) {
    throw new MendrecError("input.empty_tree", "A batch has at least one record.");
  }
  return toHex(rootOf(leavesHex.map((leaf) => hashLeaf(digest(leaf)))));
}

/** PATH(index, leaves), section 2.1.3.1: the siblings from the leaf upwards. Throws `input.empty_tree`, `input.leaf_index`. */
export function inclusionPathHex(leavesHex: readonly string[], index: number): string[] {
  if (leavesHex.length === 0) {
    throw new MendrecError("input.empty_tree", "A batch has at least one record.");
  }
  requireLeafIndex(index, leavesHex.length);
  return pathOf(
    leavesHex.map((leaf) => hashLeaf(digest(leaf))),
    index,
  ).map(toHex);
}

/** The path of every leaf, in the order of the leaves, hashing each node once. Throws `input.empty_tree`. */
export function inclusionPathsHex(leavesHex: readonly string[]): string[][] {
  if (leavesHex.length === 0) {
    throw new MendrecError("input.empty_tree", "A batch has at least one record.");
  }
  const paths: string[][] = leavesHex.map(() => []);
  extendPaths(
    leavesHex.map((leaf) => hashLeaf(digest(leaf))),
    paths,
  );
  return paths;
}

/**
 * Checks that `leafHex` is leaf `index` of the tree of `count` leaves with that root (section 2.1.3.2).
 *
 * @throws MendrecError `input.leaf_index`: `index` is not below `count`; `verification.not_included`: the path has not the
 * length that this index needs, or leads to another root; `input.invalid`: something is not 32 bytes in hex.
 */
export function requireIncluded(proof: {
  readonly leafHex: string;
  readonly index: number;
  readonly count: number;
  readonly pathHex: readonly string[];
  readonly rootHex: string;
}): void {
  const { index, count, pathHex } = proof;
  requireLeafIndex(index, count);
  if (pathHex.length !== pathLength(index, count)) {
    throw notIncluded("The inclusion path has the wrong length.");
  }
  let node = hashLeaf(digest(proof.leafHex));
  let position = index;
  let last = count - 1;
  for (const siblingHex of pathHex) {
    const sibling = digest(siblingHex);
    if (position % 2 === 1 || position === last) {
      node = hashNode(sibling, node);
      while (position % 2 === 0 && position !== 0) {
        position = Math.floor(position / 2); // a lone right node rises unhashed until it has a left one
        last = Math.floor(last / 2);
      }
    } else {
      node = hashNode(node, sibling);
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  if (!equalBytes(node, digest(proof.rootHex))) {
    throw notIncluded("The record is not in the anchored batch at that place.");
  }
}

/** How many siblings the path of leaf `index` has in a tree of `count` leaves (both below 2^24 on chain). */
export function pathLength(index: number, count: number): number {
  const inner = bitLength(index ^ (count - 1));
  return inner + bitCount(index >>> inner);
}

function requireLeafIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count || count > 2 ** 31) {
    throw new MendrecError("input.leaf_index", `The tree has no leaf ${index}; it has ${count} leaves.`);
  }
}

function rootOf(hashes: readonly Bytes[]): Bytes {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) {
    return only;
  }
  const split = splitOf(hashes.length);
  return hashNode(rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

function pathOf(hashes: readonly Bytes[], index: number): Bytes[] {
  if (hashes.length === 1) {
    return [];
  }
  const split = splitOf(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return index < split ? [...pathOf(left, index), rootOf(right)] : [...pathOf(right, index - split), rootOf(left)];
}

/** Appends to each leaf's path its siblings within this subtree, upwards; returns the subtree's root. */
function extendPaths(hashes: readonly Bytes[], paths: readonly string[][]): Bytes {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) {
    return only;
  }
  const split = splitOf(hashes.length);
  const [leftPaths, rightPaths] = [paths.slice(0, split), paths.slice(split)];
  const left = extendPaths(hashes.slice(0, split), leftPaths);
  const right = extendPaths(hashes.slice(split), rightPaths);
  const [leftHex, rightHex] = [toHex(left), toHex(right)];
  for (const path of leftPaths) {
    path.push(rightHex);
  }
  for (const path of rightPaths) {
    path.push(leftHex);
  }
  return hashNode(left, right);
}

/** The largest power of two smaller than `count`, which is at least 2. */
function splitOf(count: number): number {
  return 2 ** (bitLength(count - 1) - 1);
}

function hashLeaf(leaf: Bytes): Bytes {
  return sha256(concatBytes(LEAF_PREFIX, leaf));
}

function hashNode(left: Bytes, right: Bytes): Bytes {
  return sha256(concatBytes(NODE_PREFIX, left, right));
}

function digest(digestHex: string): Bytes {
  return fromHex(parseDigestHex(digestHex));
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}

function bitCount(value: number): number {
  return value.toString(2).replaceAll("0", "").length;
}

function notIncluded(message: string): MendrecError {
  return new MendrecError("verification.not_included", message, {
    remedy: "Ask for the batch's list again from another copy; its digest is in the chain's event.",
  });
}
