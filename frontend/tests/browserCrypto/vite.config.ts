/** Builds the page of tests/browser_crypto and benchmarks/browser_crypto.py: the core alone, in a worker, as the real page has it. */
export default {
  base: "/",
  logLevel: "warn",
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, emptyOutDir: true },
  worker: { format: "es" },
};
