/** A payload's ciphertext from the node, unverified; where it breaks off it is fetched from there (RFC 9110, Range). */

import type { Bytes } from "../../core/bytes.ts";
import { isCode } from "../../core/errors.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import { pause } from "../../core/waiting.ts";
import { pieces } from "../nodeBody.ts";
import { type NodeHttp, SLOW_TIMEOUT_MS } from "../nodeHttp.ts";

/** How often in a row it may break off without another byte. */
const TRIES = 6;

/** Yields up to `sizeBytes`. Throws `unavailable.node` where it keeps breaking off, `verification.node` for more. */
export async function* payloadPieces(
  http: NodeHttp,
  path: string,
  sizeBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Bytes> {
  let done = 0;
  let failures = 0;
  while (done < sizeBytes) {
    const start = done;
    try {
      const headers: Record<string, string> = start === 0 ? {} : { Range: `bytes=${start}-` };
      const response = await http.stream(path, { headers, signal, timeoutMs: SLOW_TIMEOUT_MS });
      if (start > 0 && response.status !== 206) {
        void response.body?.cancel().catch(() => undefined);
        throw lyingNode("The node does not go on where it was asked to.");
      }
      for await (const piece of pieces(response, sizeBytes - start, signal)) {
        done += piece.length;
        yield piece;
      }
    } catch (thrown) {
      if (!isCode(thrown, "unavailable") && !isCode(thrown, "offline")) {
        throw thrown;
      }
      failures = done > start ? 1 : failures + 1;
      if (failures >= TRIES) {
        throw thrown;
      }
      await pause(250 * 2 ** failures, signal);
      continue;
    }
    if (done === start) {
      return; // whoever reads finds that it is cut
    }
  }
}
