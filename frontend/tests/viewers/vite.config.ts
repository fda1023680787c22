import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Builds the page of the viewers' tests as the real page is built: no inline script, workers as modules. */
export default defineConfig({
  root: new URL(".", import.meta.url).pathname,
  plugins: [react()],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: false },
  worker: { format: "es" },
});
