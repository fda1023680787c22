/** Server-sent events (HTML Living Standard, 9.2.6) from a stream of bytes. */
import { lyingNode } from "../core/lyingNode.ts";

const DATA_MAX_CHARS = 1_000_000;

export type Message = {
  /** The last id that was told; null where none was. */
  readonly id: string | null;
  readonly data: string;
};

/**
 * Yields each message; one without data moves the id only. Comments are skipped, but `onBytes` hears of every piece.
 *
 * Throws `verification.node` for a message without end, and what the stream throws.
 */
export async function* messages(body: ReadableStream<Uint8Array>, onBytes?: () => void): AsyncGenerator<Message> {
  let id: string | null = null;
  let data: string[] = [];
  let chars = 0;
  let isBegun = false;
  for await (const line of lines(body, onBytes)) {
    if (line === "") {
      if (isBegun) {
        yield { id, data: data.join("\n") };
      }
      data = [];
      chars = 0;
      isBegun = false;
      continue;
    }
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") {
      data.push(value);
      chars += value.length;
      if (chars > DATA_MAX_CHARS) {
        throw lyingNode("The node sends an event without end.");
      }
      isBegun = true;
    } else if (name === "id" && !value.includes("\0")) {
      id = value;
      isBegun = true;
    }
  }
}

async function* lines(body: ReadableStream<Uint8Array>, onBytes?: () => void): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      onBytes?.();
      rest += decoder.decode(value, { stream: true });
      // A CR at the end may be half of a line's end.
      const complete = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
      const found = complete.split(/\r\n|\n|\r/);
      const last = found.pop() ?? "";
      yield* found;
      rest = last + rest.slice(complete.length);
      if (rest.length > DATA_MAX_CHARS) {
        throw lyingNode("The node sends an event without end.");
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
