/**
 * HTTP to the node that served this page: JSON in and out, read by schemas, errors as {@link MendrecError}s.
 *
 * The session is a cookie that no script can read; what a script has to send beside it is the CSRF token, kept here in
 * memory. Redirects are not followed, answers are bounded, and no error ever holds a query string.
 */

import * as z from "zod/mini";
import { cancelled, isCode } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { pagesOf } from "../core/pages.ts";
import { zCurrentSessionAnswered } from "../generated/api/zod.gen.ts";
import { bounded, guarded, parsed } from "./answers.ts";
import { errorOf, nodeUnavailable, TOKEN_REFUSED } from "./errors.ts";
import { type NodeClock, nodeClock } from "./nodeClock.ts";
import type { Address } from "./types.ts";

// Zod would try out whether it may evaluate code; the content security policy counts the try as a violation.
z.config({ jitless: true });

const TIMEOUT_MS = 60_000;

export type Schema<T> = z.core.$ZodType<T>;
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;
export type Asking = {
  readonly query?: Query;
  readonly signal?: AbortSignal | undefined;
  /** The same key with the same request happens once; see {@link newIdempotencyKey}. */
  readonly idempotencyKey?: string;
};

/** One node and, once signed in, one session. Every method throws {@link MendrecError} and nothing else. */
export type Http = {
  get<T>(path: string, schema: Schema<T>, asking?: Asking): Promise<T>;
  post<T>(path: string, schema: Schema<T>, body?: unknown, asking?: Asking): Promise<T>;
  put<T>(path: string, schema: Schema<T>, body: unknown, asking?: Asking): Promise<T>;
  delete(path: string, asking?: Asking): Promise<void>;
  /** The answer itself, its body unread; for streams. `signal` ends it; there is no other time limit once it began. */
  stream(path: string, headers: Readonly<Record<string, string>>, asking?: Asking): Promise<Response>;
  /** What unsafe requests of this session carry; null while nobody is signed in. */
  csrfToken(): string | null;
  setCsrfToken(token: string | null): void;
  /** Whose page it is, told with every request: the node refuses where the browser's session is another person's by now. */
  setPerson(person: Address | null): void;
  /** Unix seconds by the node's clock, as its last answer told it; by this device's before the first. */
  now(): number;
  /** How far this device's clock is from the node's. */
  readonly clock: Pick<NodeClock, "aheadS" | "subscribe">;
};

type Sent = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hasTimeLimit?: boolean;
};

/** What is used of the browser; tests give their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function openHttp({
  fetch = (url, init) => globalThis.fetch(url, init),
  clock = nodeClock(),
}: {
  fetch?: Fetch;
  clock?: NodeClock;
} = {}): Http {
  let csrf: string | null = null;
  let person: Address | null = null;

  /**
   * Once more with the session's token of now, where the node refused the one that was taken up before: somebody signed in anew
   * in another tab. The node looks at the token before anything else, so that what it refused for it has not begun.
   */
  async function ask(method: string, path: string, asking: Asking, sent: Sent): Promise<Response> {
    const before = csrf;
    try {
      return await askOnce(method, path, asking, sent);
    } catch (error) {
      if (!isCode(error, TOKEN_REFUSED)) {
        throw error;
      }
      if (csrf === before) {
        csrf = (await exchange("GET", "/v1/sessions/current", zCurrentSessionAnswered, { signal: asking.signal }))
          .csrf_token;
      }
      if (csrf === before) {
        throw error;
      }
      return await askOnce(method, path, asking, sent);
    }
  }

  async function askOnce(
    method: string,
    path: string,
    { query = {}, signal, idempotencyKey }: Asking,
    { body, headers = {}, hasTimeLimit = true }: Sent,
  ): Promise<Response> {
    const stops = [
      ...(signal === undefined ? [] : [signal]),
      ...(hasTimeLimit ? [AbortSignal.timeout(TIMEOUT_MS)] : []),
    ];
    const sent = new Headers({ Accept: "application/json", ...headers });
    if (body !== undefined) {
      sent.set("Content-Type", "application/json");
    }
    if (person !== null) {
      sent.set("X-Mendrec-Person", person);
    }
    if (csrf !== null && method !== "GET") {
      sent.set("X-CSRF-Token", csrf);
    }
    if (idempotencyKey !== undefined) {
      sent.set("Idempotency-Key", idempotencyKey);
    }
    const response = await guarded(signal, () =>
      fetch(`${path}${spelled(query)}`, {
        method,
        headers: sent,
        credentials: "same-origin",
        mode: "same-origin",
        redirect: "error",
        referrerPolicy: "no-referrer",
        cache: "no-store",
        signal: AbortSignal.any(stops),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    clock.hear(response.headers.get("Date"));
    if (!response.ok) {
      const told = await bounded(response, signal)
        .then(parsed)
        .catch(() => undefined);
      if (signal?.aborted) {
        throw cancelled();
      }
      throw errorOf(response.status, told, retryAfterS(response.headers.get("Retry-After")));
    }
    return response;
  }

  async function exchange<T>(
    method: string,
    path: string,
    schema: Schema<T>,
    asking: Asking,
    body?: unknown,
  ): Promise<T> {
    const response = await ask(method, path, asking, { body });
    const text = await bounded(response, asking.signal);
    let document: unknown;
    try {
      document = parsed(text);
    } catch (error) {
      throw nodeUnavailable("What answers at this address is no Mendrec node.", error);
    }
    const read = z.safeParse(schema, document);
    if (!read.success) {
      throw lyingNode("The node's answer is not of the API's shape.", read.error);
    }
    return read.data;
  }

  return {
    get: (path, schema, asking = {}) => exchange("GET", path, schema, asking),
    post: (path, schema, body, asking = {}) => exchange("POST", path, schema, asking, body),
    put: (path, schema, body, asking = {}) => exchange("PUT", path, schema, asking, body),
    delete: async (path, asking = {}) => {
      await bounded(await ask("DELETE", path, asking, {}), asking.signal);
    },
    stream: async (path, headers, asking = {}) => {
      // The limit is on the beginning alone: what streams goes on for as long as somebody listens.
      const opened = new AbortController();
      const late = setTimeout(() => opened.abort(new DOMException("too late", "TimeoutError")), TIMEOUT_MS);
      const stopped = asking.signal === undefined ? opened.signal : AbortSignal.any([asking.signal, opened.signal]);
      try {
        return await guarded(asking.signal, () =>
          ask("GET", path, { ...asking, signal: stopped }, { headers: { ...headers }, hasTimeLimit: false }),
        );
      } finally {
        clearTimeout(late);
      }
    },
    csrfToken: () => csrf,
    setCsrfToken: (token) => {
      csrf = token;
    },
    setPerson: (next) => {
      person = next;
    },
    now: clock.now,
    clock,
  };
}

/** A key under which one request happens once, however often it is sent. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

/**
 * The items of every page. `page` takes a cursor (null: the first) and returns items and the next cursor.
 *
 * Throws `verification.node` where the pages lead round in a circle, or come to no end.
 */
export async function allPages<T>(
  page: (cursor: string | null) => Promise<{ readonly items: readonly T[]; readonly next_cursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const found of pagesOf(page)) {
    for (const one of found.items) {
      items.push(one);
    }
  }
  return items;
}

function spelled(query: Query): string {
  const stated = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== undefined) {
        stated.append(name, String(one));
      }
    }
  }
  const text = stated.toString();
  return text === "" ? "" : `?${text}`;
}

/** Seconds or an HTTP date, as seconds from now. */
function retryAfterS(header: string | null): number | null {
  if (header === null) {
    return null;
  }
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}
