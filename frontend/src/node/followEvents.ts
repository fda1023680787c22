import * as z from "zod/mini";
import { isCode, MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { pause } from "../core/waiting.ts";
import type { EventAnswered } from "../generated/api/types.gen.ts";
import { zEventAnswered } from "../generated/api/zod.gen.ts";
import { path } from "./path.ts";
import { messages } from "./serverSentEvents.ts";
import type { Address, Client } from "./types.ts";

/** The node sends a comment at least every 15 seconds: longer silence is a dead connection. */
const SILENCE_MAX_MS = 60_000;
const RETRY_MAX_MS = 30_000;

export type Following = {
  readonly patient: Address;
  /** The id of the last event that was seen: it goes on after it. Left out: what is new from now on. */
  readonly after?: string;
  readonly onEvent: (event: EventAnswered, id: string) => void;
  /** `live` while connected; `waiting` while it is being taken up again; an error where it is over for good. */
  readonly onState?: (state: "live" | "waiting" | MendrecError) => void;
};

/**
 * Tells what happens to a record as it happens, and goes on where it broke off; returns how to stop.
 *
 * It ends by itself where the node refuses: the session or the access is over (`onState` gets the error). By `fetch` and not
 * by `EventSource`, which hides why it was refused.
 */
export function followEvents(client: Client, following: Following): () => void {
  const stopped = new AbortController();
  void follow(client, following, stopped.signal);
  return () => stopped.abort();
}

async function follow(client: Client, following: Following, signal: AbortSignal): Promise<void> {
  const { onState } = following;
  let after = following.after ?? null;
  let failures = 0;
  while (!signal.aborted) {
    try {
      await once(client, following, after, signal, (id) => {
        failures = 0;
        after = id ?? after;
      });
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      const isPassing =
        isCode(error, "unavailable") || isCode(error, "offline") || isCode(error, "refused.too_many_requests");
      if (!isPassing) {
        onState?.(
          error instanceof MendrecError ? error : new MendrecError("fault", "Something went wrong on this page."),
        );
        return;
      }
      failures += 1;
    }
    onState?.("waiting");
    try {
      await pauseOrOnline(Math.min(RETRY_MAX_MS, 1000 * (2 ** Math.min(failures, 5) - 1)), signal);
    } catch {
      return;
    }
  }
}

/** Pauses, and no longer than until the browser is connected again. Throws `cancelled` where it is stopped. */
async function pauseOrOnline(ms: number, signal: AbortSignal): Promise<void> {
  const back = new AbortController();
  const online = () => back.abort();
  globalThis.addEventListener?.("online", online, { once: true });
  try {
    await pause(ms, AbortSignal.any([signal, back.signal]));
  } catch (error) {
    if (signal.aborted) {
      throw error;
    }
  } finally {
    globalThis.removeEventListener?.("online", online);
  }
}

/** One connection, to its end. */
async function once(
  client: Client,
  { patient, onEvent, onState }: Following,
  after: string | null,
  signal: AbortSignal,
  onMessage: (id: string | null) => void,
): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MAX_MS);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), SILENCE_MAX_MS);
  };
  const headers = { Accept: "text/event-stream", ...(after === null ? {} : { "Last-Event-ID": after }) };
  try {
    const url = path`/v1/patients/${patient}/events/stream`;
    const response = await client.http.stream(url, headers, { signal: AbortSignal.any([signal, silent.signal]) });
    onState?.("live");
    let last = after;
    for await (const { id, data } of messages(response.body ?? new ReadableStream(), heard)) {
      last = id ?? last;
      if (data !== "") {
        onEvent(eventOf(data), last ?? "");
      }
      onMessage(last);
    }
  } catch (error) {
    if (error instanceof MendrecError && !isCode(error, "cancelled")) {
      throw error;
    }
    // The body broke off, or was silent for too long.
    throw new MendrecError("unavailable.node", "The node broke off.", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function eventOf(data: string): EventAnswered {
  let document: unknown;
  try {
    document = JSON.parse(data);
  } catch (error) {
    throw lyingNode("What the node streams is no event.", error);
  }
  const read = z.safeParse(zEventAnswered, document);
  if (!read.success) {
    throw lyingNode("What the node streams is no event.", read.error);
  }
  return read.data;
}
