/** The list of a batch: its manifest digests in order, as one raw block. The chain holds their RFC 9162 root. */
import type { Bytes } from "./bytes.ts";
import { canonicalBytes, malformedJson, parseCanonical } from "./canonical.ts";
import { MendrecError } from "./errors.ts";
import { parseDigestHex } from "./ids.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { LIMITS } from "./limits.ts";
import { rootHex } from "./merkle.ts";

const KIND = "batch";

/** The stored form of a list of manifest digests. Throws `input.invalid` for a malformed digest. */
export function batchListBytes(leavesHex: readonly string[]): Bytes {
  return canonicalBytes({ format: FORMAT, kind: KIND, leaves: leavesHex.map(parseDigestHex) });
}

/**
 * The manifest digests, after checking them against the entry on chain.
 *
 * @throws MendrecError `input.*`: malformed or not canonical; `verification.batch_list`: another number of leaves, or root.
 */
export function parseBatchList(
  data: Uint8Array,
  { count, root }: { readonly count: number; readonly root: string },
): string[] {
  const fields = new Fields(parseCanonical(data, { maxBytes: LIMITS.manifestMaxBytes, what: KIND }), KIND, {
    required: ["format", "kind", "leaves"],
  });
  fields.requireKind(KIND);
  const leaves = fields.objects("leaves", { maxCount: LIMITS.batchMaxLeaves }).map(parseLeaf);
  if (leaves.length !== count || rootHex(leaves) !== root) {
    throw new MendrecError("verification.batch_list", "The list is not the one that the entry anchors.", {
      remedy: "Fetch the list from another copy; `mendrec check` tells which copies are good.",
    });
  }
  return leaves;
}

function parseLeaf(value: unknown): string {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) {
    throw malformedJson("batch.leaves are 64 lower-case hex digits each.");
  }
  return value;
}
