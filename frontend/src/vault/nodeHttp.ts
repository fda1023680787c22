/**
 * The vault's own way to the node: the same origin, the session's cookie, nothing else. Errors are the node's own words;
 * answers are read by the schemas of its API. Where the node says "not so fast", it is waited for.
 */
import type * as z from "zod/mini";
import { asBytes, type Bytes, concatBytes } from "../core/bytes.ts";
import { isCode, MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { cancelled } from "./errorTransfer.ts";
import { pause } from "./jobs.ts";

export type Fetch = typeof fetch;

export type Asked = {
  readonly body?: unknown;
  /** Bytes instead of JSON. */
  readonly data?: Bytes | Blob;
  readonly headers?: Readonly<Record<string, string>>;
  /** For what changes something: cookies alone do not do. */
  readonly csrfToken?: string;
  /** Idempotency key: the same again does not happen twice. */
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** Without the session's cookie: what is decided on a signature alone. */
  readonly anonymous?: boolean;
  /** How long the head of an answer may take; its body has limits of its own. */
  readonly timeoutMs?: number;
};

/** The code of every 401: nobody is signed in, or the session is over. */
const SIGN_IN_NEEDED = "refused.sign_in_needed";
const ANSWER_MAX_BYTES = 16 * 1024 ** 2;
const WORDS_MAX_CHARS = 2_000;
const TIMEOUT_MS = 60_000;
/** A part of 8 MiB over a slow line. */
export const SLOW_TIMEOUT_MS = 10 * 60_000;
/** Of a body: a line that slept or broke without a word gives no byte, and no error either. */
const IDLE_MAX_MS = 30_000;
const BODY_MAX_MS = 5 * 60_000;
const BROKEN_LINE_PAUSES_MS = [300, 1000];
const NOT_SO_FAST = 429;
const NOT_SO_FAST_MAX_MS = 20_000;
/** Together, for one question: whoever waits longer wants to know why. */
const NOT_SO_FAST_ALL_MS = 2 * 60_000;
const ANONYMOUS_NOT_SO_FAST_ALL_MS = 20_000;
/** The node's own families (app/mendrec/domain/errors.py). What else it says is not the node's to say. */
const FAMILIES: ReadonlySet<string> = new Set([
  "input",
  "verification",
  "refused",
  "not_found",
  "conflict",
  "unavailable",
  "configuration",
]);
/** What only this page finds: a node that says it would have the page act as if it had. */
const OURS: ReadonlySet<string> = new Set([
  SIGN_IN_NEEDED,
  "refused.vault_locked",
  "refused.not_asked",
  "refused.wrong_key",
  "refused.contract",
]);

export class NodeHttp {
  readonly #fetch: Fetch;
  readonly #wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  #quietUntil = 0;
  #clockAheadS: number | null = null;

  constructor(fetchFrom: Fetch = (input, init) => fetch(input, init), wait = pause) {
    this.#fetch = fetchFrom;
    this.#wait = wait;
  }

  /** How far this device's clock is ahead of the node's, in seconds; null before the first answer. */
  get clockAheadS(): number | null {
    return this.#clockAheadS;
  }

  /** JSON of a shape. Throws MendrecError: the node's own, `unavailable.node`, or `verification.node` for another shape. */
  async json<S extends z.core.$ZodType>(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    shape: S,
    asked: Asked = {},
  ): Promise<z.core.output<S>> {
    const document = parseJson(await this.#answered(method, path, asked, whole(ANSWER_MAX_BYTES)));
    const read = (shape as unknown as z.ZodMiniType).safeParse(document);
    if (!read.success) {
      throw lyingNode("The node's answer is not of the API's shape.");
    }
    return read.data as z.core.output<S>;
  }

  /** All items of a list that comes in pages. */
  async *pages<T>(
    path: string,
    shape: z.ZodMiniType<{ items: T[]; next_cursor: string | null }>,
    asked: Asked = {},
  ): AsyncGenerator<{ items: T[]; next_cursor: string | null }> {
    const seen = new Set<string>();
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: "200", ...(cursor === null ? {} : { cursor }) });
      const page: { items: T[]; next_cursor: string | null } = await this.json("GET", `${path}?${query}`, shape, asked);
      yield page;
      cursor = page.next_cursor;
      if (cursor !== null && seen.size === seen.add(cursor).size) {
        throw lyingNode("The node's list has no end.");
      }
    } while (cursor !== null);
  }

  /** A whole small object. Throws `verification.node` where it is larger than `maxBytes`. */
  async bytes(path: string, maxBytes: number, signal?: AbortSignal): Promise<Bytes> {
    return this.#answered("GET", path, signal === undefined ? {} : { signal }, whole(maxBytes));
  }

  /** An answer whose body is read piece by piece. `timeoutMs` counts until its head is there. */
  stream(path: string, asked: Asked): Promise<Response> {
    return this.#answered("GET", path, asked, async (response) => response);
  }

  async #answered<T>(method: string, path: string, asked: Asked, read: Read<T>): Promise<T> {
    requireOwnPath(path);
    const signal = asked.signal ?? new AbortController().signal;
    let waitedMs = 0;
    for (;;) {
      const quietMs = this.#quietUntil - Date.now();
      if (quietMs > 0) {
        await this.#wait(quietMs, signal);
      }
      const { response, found } = await this.#repeatable(method, path, asked, signal, read);
      if (found !== null) {
        return found.value;
      }
      const waitedMaxMs = asked.anonymous === true ? ANONYMOUS_NOT_SO_FAST_ALL_MS : NOT_SO_FAST_ALL_MS;
      if (response.status !== NOT_SO_FAST || waitedMs >= waitedMaxMs) {
        throw await toldError(response, asked, signal);
      }
      const seconds = Number(response.headers.get("Retry-After"));
      const waitMs = Math.min(NOT_SO_FAST_MAX_MS, Math.max(1, Number.isFinite(seconds) ? seconds : 1) * 1000);
      waitedMs += waitMs;
      void response.body?.cancel().catch(() => undefined);
      if (asked.anonymous === true) {
        await this.#wait(waitMs, signal); // about custodians: it holds up no other question
      } else {
        this.#quietUntil = Math.max(this.#quietUntil, Date.now() + waitMs);
      }
    }
  }

  /** What only asks is asked again where the line breaks; what changes something is for the caller to repeat. */
  async #repeatable<T>(
    method: string,
    path: string,
    asked: Asked,
    signal: AbortSignal,
    read: Read<T>,
  ): Promise<Exchanged<T>> {
    for (const pauseMs of method === "GET" ? BROKEN_LINE_PAUSES_MS : []) {
      try {
        return await this.#exchanged(method, path, asked, signal, read);
      } catch (thrown) {
        if (!isCode(thrown, "unavailable.node")) {
          throw thrown;
        }
        await this.#wait(pauseMs, signal);
      }
    }
    return this.#exchanged(method, path, asked, signal, read);
  }

  /** One question with all of its answer, as far as it is read here. */
  async #exchanged<T>(method: string, path: string, asked: Asked, signal: AbortSignal, read: Read<T>) {
    const response = await this.#once(method, path, asked, signal);
    return { response, found: response.ok ? { value: await read(response, signal) } : null };
  }

  async #once(method: string, path: string, asked: Asked, signal: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json, application/octet-stream", ...asked.headers };
    if (asked.csrfToken !== undefined) {
      headers["X-CSRF-Token"] = asked.csrfToken;
    }
    if (asked.key !== undefined) {
      headers["Idempotency-Key"] = asked.key;
    }
    let body: BodyInit | null = asked.data ?? null;
    if (asked.body !== undefined) {
      headers["Content-Type"] = "application/json";
      body = JSON.stringify(asked.body);
    }
    if (signal.aborted) {
      throw cancelled();
    }
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), asked.timeoutMs ?? TIMEOUT_MS);
    try {
      const response = await this.#fetch(path, {
        method,
        headers,
        body,
        credentials: asked.anonymous === true ? "omit" : "same-origin",
        redirect: "error",
        cache: "no-store",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      this.#compareClocks(response);
      return response;
    } catch (cause) {
      if (signal.aborted) {
        throw cancelled();
      }
      throw unavailableNode(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  #compareClocks(response: Response): void {
    const told = Date.parse(response.headers.get("Date") ?? "");
    if (!Number.isNaN(told)) {
      this.#clockAheadS = Math.round((Date.now() - told) / 1000);
    }
  }
}

type Read<T> = (response: Response, signal: AbortSignal) => Promise<T>;
/** `found` is null for an error. */
type Exchanged<T> = { readonly response: Response; readonly found: { readonly value: T } | null };

function whole(maxBytes: number): Read<Bytes> {
  return (response, signal) => limited(response, maxBytes, signal);
}

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
        found = await within(IDLE_MAX_MS, reader.read(), signal);
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

/** What `work` comes to, if it comes in time and nobody stops it. Throws otherwise. */
function within<T>(milliseconds: number, work: Promise<T>, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DOMException("stopped or too late", "AbortError"));
    const timer = setTimeout(stop, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    });
    if (signal?.aborted === true) {
      stop();
    }
  });
}

function unavailableNode(cause: unknown): MendrecError {
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

async function limited(response: Response, maxBytes: number, signal: AbortSignal): Promise<Bytes> {
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

function parseJson(data: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(data));
  } catch (cause) {
    throw lyingNode("The node's answer is not JSON.", cause);
  }
}

/** The error that an answer stands for: its code decides the family, its status where there is no code. */
async function toldError(response: Response, asked: Asked, signal: AbortSignal): Promise<MendrecError> {
  let told: Record<string, unknown> = {};
  try {
    const document = parseJson(await limited(response, ANSWER_MAX_BYTES, signal));
    told = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  } catch {
    // What stands in front of a node may answer in its own words: they are not shown.
  }
  if (signal.aborted) {
    throw cancelled();
  }
  const code =
    response.status === 401 && asked.anonymous !== true ? SIGN_IN_NEEDED : toldCode(told.code, response.status);
  return new MendrecError(code, words(told.message) || `The node answered with status ${response.status}.`, {
    remedy: words(told.remedy),
    requestId: words(told.request_id) || response.headers.get("X-Request-Id"),
  });
}

/** The node's own code, if it is one that a node may give. */
function toldCode(told: unknown, status: number): string {
  const code = words(told);
  if (code === "") {
    return codeOfStatus(status);
  }
  const [family = ""] = code.split(".");
  return FAMILIES.has(family) && !OURS.has(code) ? code : "unavailable.node";
}

function codeOfStatus(status: number): string {
  if (status === 404) {
    return "not_found";
  }
  return status === NOT_SO_FAST || status >= 500 ? "unavailable.node" : "input";
}

/** One line: it comes from another machine. */
function words(value: unknown): string {
  return typeof value === "string"
    ? value
        .slice(0, WORDS_MAX_CHARS)
        .replace(/[\p{C}\p{Z}]+/gu, " ")
        .trim()
    : "";
}

/** Only paths of this origin's API: `//elsewhere` would be another host. */
function requireOwnPath(path: string): void {
  if (!/^\/v1\/[A-Za-z0-9]/.test(path)) {
    throw new TypeError("not a path of the node's API");
  }
}
