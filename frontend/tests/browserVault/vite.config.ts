/** Builds the page of tests/browser_vault: the vault in its worker, without the rest of the page. */
export default {
  base: "/",
  logLevel: "warn",
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, emptyOutDir: true },
  worker: { format: "es" },
};
