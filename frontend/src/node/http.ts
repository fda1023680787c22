/**
 * HTTP to the node that served this page: JSON in and out, read by schemas, errors as {@link MendrecError}s.
 *
 * The session is a cookie that no script can read; what a script has to send beside it is the CSRF token, kept here in
 * memory. Redirects are not followed, answers are bounded, and no error ever holds a query string.
 */
import * as z from "zod/mini";
import { MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import { cancelled, errorOf, nodeUnavailable } from "./errors.ts";

// Zod would try out whether it may evaluate code; the content security policy counts the try as a violation.
z.config({ jitless: true });

const ANSWER_MAX_BYTES = 16 * 1024 ** 2;
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
};

/** What is used of the browser; tests give their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export function openHttp({ fetch = (url, init) => globalThis.fetch(url, init) }: { fetch?: Fetch } = {}): Http {
  let csrf: string | null = null;

  async function ask(
    method: string,
    path: string,
    { query = {}, signal, idempotencyKey }: Asking,
    {
      body,
      headers = {},
      hasTimeLimit = true,
    }: { body?: unknown; headers?: Record<string, string>; hasTimeLimit?: boolean },
  ): Promise<Response> {
    const stops = [
      ...(signal === undefined ? [] : [signal]),
      ...(hasTimeLimit ? [AbortSignal.timeout(TIMEOUT_MS)] : []),
    ];
    const sent = new Headers({ Accept: "application/json", ...headers });
    if (body !== undefined) {
      sent.set("Content-Type", "application/json");
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
    if (!response.ok) {
      const told = await bounded(response, signal)
        .then(parsed)
        .catch(() => undefined);
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
  };
}

/** A key under which one request happens once, however often it is sent. */
export function newIdempotencyKey(): string {
  return crypto.randomUUID();
}

/**
 * The items of every page. `page` takes a cursor (null: the first) and returns items and the next cursor.
 *
 * Throws `verification.node` where the pages lead round in a circle.
 */
export async function allPages<T>(
  page: (cursor: string | null) => Promise<{ readonly items: readonly T[]; readonly next_cursor: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  const seen = new Set<string>();
  for (let cursor: string | null = null; ; ) {
    const found = await page(cursor);
    for (const one of found.items) {
      items.push(one);
    }
    cursor = found.next_cursor;
    if (cursor === null) {
      return items;
    }
    if (seen.has(cursor)) {
      throw lyingNode("The node's pages lead round in a circle.");
    }
    seen.add(cursor);
  }
}

/** Turns what `fetch` throws into the family's errors; ours pass. */
async function guarded<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
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
async function bounded(response: Response, signal: AbortSignal | undefined): Promise<string> {
  return await guarded(signal, async () => {
    const reader = response.body?.getReader();
    if (reader === undefined) {
      return "";
    }
    const decoder = new TextDecoder();
    let text = "";
    for (let bytes = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) {
        return text + decoder.decode();
      }
      bytes += value.byteLength;
      if (bytes > ANSWER_MAX_BYTES) {
        await reader.cancel();
        throw lyingNode("The node sent more than any answer is long.");
      }
      text += decoder.decode(value, { stream: true });
    }
  });
}

function parsed(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
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
