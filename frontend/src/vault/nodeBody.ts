/** Bodies of the node's answers, read piece by piece, within bounds of size and of time. */
import { asBytes, type Bytes, concatBytes } from "../core/bytes.ts";
import { cancelled, MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { inTime } from "../core/waiting.ts";

/** Of a body: a line that slept or broke without a word gives no byte, and no error either. */
const IDLE = { milliseconds: 30_000, late: "Nothing comes any more." } as const;
const BODY_MAX_MS = 5 * 60_000;

/**
 * The pieces of a body. Throws `unavailable.node` where it breaks off or nothing comes any more, `verification.node` past
 * `maxBytes`, `cancelled` where `signal` says so, even while nothing comes.
 */
export async function* pieces(response: Response, maxBytes: number, signal?: AbortSignal): AsyncGenerator<Bytes> {
  const reader = response.body?.getReader();
  let read = 0;
  try {
    while (reader !== undefined) {
      let found: ReadableStreamReadResult<Uint8Array>;
      try {
        found = await inTime(IDLE, () => reader.read(), signal);
      } catch (cause) {
        throw signal?.aborted === true ? cancelled() : unavailableNode(cause);
      }
      if (found.done) {
        return;
      }
      read += found.value.length;
      if (read > maxBytes) {
        throw lyingNode("The node sent more than what was asked for.");
      }
      yield asBytes(found.value);
    }
  } finally {
    void reader?.cancel().catch(() => undefined); // a line that says nothing may not answer this either
  }
}

export function unavailableNode(cause: unknown): MendrecError {
  const offline = globalThis.navigator?.onLine === false;
  return offline
    ? new MendrecError("offline", "This device has no connection.", {
        remedy: "What was done so far is kept. Go on once you are connected again.",
        cause,
      })
    : new MendrecError("unavailable.node", "The node can't be reached.", {
        remedy: "Check that it runs, then repeat; nothing is done twice.",
        cause,
      });
}

export async function limited(response: Response, maxBytes: number, signal: AbortSignal): Promise<Bytes> {
  const parts: Bytes[] = [];
  const until = Date.now() + BODY_MAX_MS;
  for await (const piece of pieces(response, maxBytes, signal)) {
    parts.push(piece);
    if (Date.now() > until) {
      throw unavailableNode(new Error("the answer does not come to its end"));
    }
  }
  return parts.length === 1 ? (parts[0] as Bytes) : concatBytes(...parts);
}

export function parseJson(data: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch (cause) {
    throw lyingNode("The node's answer is not JSON.", cause);
  }
}
