/** Which requests the service worker answers from the files it keeps. */

/** Doors of the node that are no pages. */
const NOT_PAGES = /^\/(?:v1|demo|openapi|health|metrics)(?:\/|$)/;
const LOOKS_LIKE_FILE = /\/[^/]+\.[a-z0-9]+$/i;

type Asked = { readonly method: string; readonly url: string; readonly mode: string };

/** Tells for a request the path of the kept file that answers it; null where it is none of the worker's business. */
export function keeperOf(origin: string, files: readonly string[]): (asked: Asked) => string | null {
  const kept = new Set(files);
  return ({ method, url, mode }) => {
    const { origin: asked, pathname, search } = new URL(url);
    if (method !== "GET" || asked !== origin || NOT_PAGES.test(pathname)) return null;
    if (mode === "navigate") return LOOKS_LIKE_FILE.test(pathname) ? null : "/";
    return search === "" && kept.has(pathname) ? pathname : null;
  };
}
