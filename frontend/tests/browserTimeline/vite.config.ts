/** Builds the page of benchmarks/browser_timeline.py: the timeline as the real page has it, over a record made up. */
export default {
  base: "/",
  logLevel: "warn",
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, emptyOutDir: true },
};
