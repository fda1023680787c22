/** Reading what a node answers: within bounds, stopped at once, and with errors of this family only. */
import { cancelled, MendrecError } from "../core/errors.ts";
import { LIMITS } from "../core/limits.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { nodeUnavailable } from "./errors.ts";

/** Turns what `fetch` throws into the family's errors; ours pass. */
export async function guarded<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  if (signal?.aborted) {
    throw cancelled();
  }
  try {
    return await run();
  } catch (error) {
    if (signal?.aborted) {
      throw cancelled();
    }
    if (error instanceof MendrecError) {
      throw error;
    }
    if (globalThis.navigator?.onLine === false) {
      throw new MendrecError("offline", "This device is not connected.", {
        remedy: "Connect it again; what is open stays open.",
        cause: error,
      });
    }
    throw nodeUnavailable(undefined, error);
  }
}

/** The body as text. Throws where it breaks off or is larger than any answer. */
export async function bounded(response: Response, signal: AbortSignal | undefined): Promise<string> {
  return await guarded(signal, async () => {
    const reader = response.body?.getReader();
    if (reader === undefined) {
      return "";
    }
    const decoder = new TextDecoder();
    let text = "";
    // Whoever stops does not wait for the next piece, which may never come.
    const stop = () => void reader.cancel().catch(() => undefined);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (let bytes = 0; ; ) {
        const { done, value } = await reader.read();
        if (signal?.aborted) {
          throw cancelled();
        }
        if (done) {
          return text + decoder.decode();
        }
        bytes += value.byteLength;
        if (bytes > LIMITS.answerMaxBytes) {
          throw lyingNode("The node sent more than any answer is long.");
        }
        text += decoder.decode(value, { stream: true });
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      stop(); // what is left unread is not sent
    }
  });
}

export function parsed(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}
