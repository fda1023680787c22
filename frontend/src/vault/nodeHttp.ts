/**
 * The vault's own way to the node: the same origin, the session's cookie, nothing else. Errors are the node's own words;
 * answers are read by the schemas of its API. Where the node says "not so fast", it is waited for.
 */

import type * as z from "zod/mini";
import type { Bytes } from "../core/bytes.ts";
import { cancelled, isCode } from "../core/errors.ts";
import type { Address } from "../core/ids.ts";
import { LIMITS } from "../core/limits.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { pagesOf } from "../core/pages.ts";
import { pause } from "../core/waiting.ts";
import { zCurrentSessionAnswered } from "../generated/api/zod.gen.ts";
import { limited, parseJson, unavailableNode } from "./nodeBody.ts";
import { NOT_SO_FAST, toldError } from "./nodeErrors.ts";

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

const TOKEN_REFUSED = "refused.csrf";
const TIMEOUT_MS = 60_000;
/** A part of 8 MiB over a slow line. */
export const SLOW_TIMEOUT_MS = 10 * 60_000;
const BROKEN_LINE_PAUSES_MS = [300, 1000];
const NOT_SO_FAST_MAX_MS = 20_000;
/** Together, for one question: whoever waits longer wants to know why. */
const NOT_SO_FAST_ALL_MS = 2 * 60_000;
const ANONYMOUS_NOT_SO_FAST_ALL_MS = 20_000;
export class NodeHttp {
  readonly #fetch: Fetch;
  readonly #wait: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  #quietUntil = 0;
  /** Questions that wait because the node asked them to. */
  #quiet = 0;
  readonly #onQuiet = new Set<(seconds: number) => void>();
  #person: () => Address | null = () => null;
  /** Tokens that were good once → the one of the session that is open now. */
  readonly #renewed = new Map<string, string>();
  #clockAheadS: number | null = null;

  constructor(fetchFrom: Fetch = (input, init) => fetch(input, init), wait = pause) {
    this.#fetch = fetchFrom;
    this.#wait = wait;
  }

  /** How far this device's clock is ahead of the node's, in seconds; null before the first answer. */
  get clockAheadS(): number | null {
    return this.#clockAheadS;
  }

  /** Whose session each request is meant for: the node refuses where the browser's cookie is another person's by now. */
  askFor(person: () => Address | null): void {
    this.#person = person;
  }

  /**
   * Tells for how many seconds the node has asked to be left alone, each time it does, and 0 once that is over. Returns how to
   * hear no more of it.
   */
  onQuiet(told: (seconds: number) => void): () => void {
    this.#onQuiet.add(told);
    return () => void this.#onQuiet.delete(told);
  }

  /** JSON of a shape. Throws MendrecError: the node's own, `unavailable.node`, or `verification.node` for another shape. */
  async json<S extends z.core.$ZodType>(
    method: "GET" | "POST" | "PUT" | "DELETE",
    path: string,
    shape: S,
    asked: Asked = {},
  ): Promise<z.core.output<S>> {
    const document = parseJson(await this.#answered(method, path, asked, whole(LIMITS.answerMaxBytes)));
    const read = (shape as unknown as z.ZodMiniType).safeParse(document);
    if (!read.success) {
      throw lyingNode("The node's answer is not of the API's shape.");
    }
    return read.data as z.core.output<S>;
  }

  /** All items of a list that comes in pages. Throws `verification.node` where they come to no end. */
  async *pages<T>(
    path: string,
    shape: z.ZodMiniType<{ items: T[]; next_cursor: string | null }>,
    asked: Asked = {},
  ): AsyncGenerator<{ items: T[]; next_cursor: string | null }> {
    yield* pagesOf((cursor) => {
      const query = new URLSearchParams({ limit: "200", ...(cursor === null ? {} : { cursor }) });
      return this.json("GET", `${path}?${query}`, shape, asked);
    });
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
    const csrfToken =
      asked.csrfToken === undefined ? undefined : (this.#renewed.get(asked.csrfToken) ?? asked.csrfToken);
    try {
      return await this.#patiently(method, path, { ...asked, ...(csrfToken === undefined ? {} : { csrfToken }) }, read);
    } catch (thrown) {
      if (csrfToken === undefined || !isCode(thrown, TOKEN_REFUSED)) {
        throw thrown;
      }
      // The node looks at the token first: what it refused for it has not begun, so that it may be asked again.
      const fresh = await this.#freshToken(csrfToken, asked.signal);
      if (fresh === null) {
        throw thrown;
      }
      return this.#patiently(method, path, { ...asked, csrfToken: fresh }, read);
    }
  }

  /** The token of the session that the browser has now; null where it is no other one. */
  async #freshToken(stale: string, signal?: AbortSignal): Promise<string | null> {
    const path = "/v1/sessions/current";
    const found = await this.json("GET", path, zCurrentSessionAnswered, signal === undefined ? {} : { signal });
    const fresh = found.csrf_token;
    if (typeof fresh !== "string" || fresh === stale) {
      return null;
    }
    for (const [before, renewed] of this.#renewed) {
      if (renewed === stale) {
        this.#renewed.set(before, fresh);
      }
    }
    this.#renewed.set(stale, fresh);
    return fresh;
  }

  async #patiently<T>(method: string, path: string, asked: Asked, read: Read<T>): Promise<T> {
    const signal = asked.signal ?? new AbortController().signal;
    let waitedMs = 0;
    for (;;) {
      const quietMs = this.#quietUntil - Date.now();
      if (quietMs > 0) {
        await this.#keepQuiet(quietMs, signal);
      }
      const { response, found } = await this.#repeatable(method, path, asked, signal, read);
      if (found !== null) {
        return found.value;
      }
      const waitedMaxMs = asked.anonymous === true ? ANONYMOUS_NOT_SO_FAST_ALL_MS : NOT_SO_FAST_ALL_MS;
      if (response.status !== NOT_SO_FAST || waitedMs >= waitedMaxMs) {
        throw await toldError(response, asked.anonymous === true, signal);
      }
      const seconds = Number(response.headers.get("Retry-After"));
      const waitMs = Math.min(NOT_SO_FAST_MAX_MS, Math.max(1, Number.isFinite(seconds) ? seconds : 1) * 1000);
      waitedMs += waitMs;
      void response.body?.cancel().catch(() => undefined);
      if (asked.anonymous === true) {
        await this.#keepQuiet(waitMs, signal); // about custodians: it holds up no other question
      } else {
        this.#quietUntil = Math.max(this.#quietUntil, Date.now() + waitMs);
      }
    }
  }

  async #keepQuiet(milliseconds: number, signal: AbortSignal): Promise<void> {
    this.#quiet += 1;
    this.#tellQuiet(Math.ceil(milliseconds / 1000));
    try {
      await this.#wait(milliseconds, signal);
    } finally {
      this.#quiet -= 1;
      if (this.#quiet === 0) {
        this.#tellQuiet(0);
      }
    }
  }

  #tellQuiet(seconds: number): void {
    for (const told of this.#onQuiet) {
      told(seconds);
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
    const person = asked.anonymous === true ? null : this.#person();
    if (person !== null) {
      headers["X-Mendrec-Person"] = person;
    }
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

/** Only paths of this origin's API: `//elsewhere` would be another host. */
function requireOwnPath(path: string): void {
  if (!/^\/v1\/[A-Za-z0-9]/.test(path)) {
    throw new TypeError("not a path of the node's API");
  }
}
