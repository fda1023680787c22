/**
 * The page's one Trusted Types policy. It makes nothing but addresses of scripts of our own: a worker or the service worker,
 * from this origin, under `/assets/` or as `/sw.js`; in development also vite's modules under `/src/` and `/node_modules/`.
 */

/** What `new Worker` and `serviceWorker.register` take: a TrustedScriptURL where the browser has them, else the address. */
export type ScriptAddress = string | URL;

type Policy = { createScriptURL(url: string): unknown };
type PolicyFactory = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy };

let policy: Policy | null = null;

/**
 * Returns an address that may be run as a script.
 *
 * Throws TypeError for any other place than the ones above: it is a fault of the page, not of a person.
 */
export function trustedScriptUrl(url: string): ScriptAddress {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (factory === undefined) {
    return requireOwnScript(url);
  }
  policy ??= factory.createPolicy("mendrec", { createScriptURL: (asked) => requireOwnScript(asked) });
  return policy.createScriptURL(url) as ScriptAddress;
}

/** The rule of the policy; `base` is where the page is. */
export function requireOwnScript(url: string, base: string = globalThis.location.href): string {
  const found = new URL(url, base);
  if (found.origin !== new URL(base).origin || found.username !== "" || found.password !== "") {
    throw new TypeError("A script from another place is not run.");
  }
  const own = found.pathname === "/sw.js" || found.pathname.startsWith("/assets/");
  const ofDevelopment =
    import.meta.env.DEV && ["/src/", "/node_modules/", "/@fs/"].some((start) => found.pathname.startsWith(start));
  if (!own && !ofDevelopment) {
    throw new TypeError("Only scripts of the page's own build are run.");
  }
  return found.href;
}
