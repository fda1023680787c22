import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { onlyOurLanguages } from "./build/onlyOurLanguages.ts";
import { SERVICE_WORKER_ENTRY, shellFiles } from "./build/shellFiles.ts";

export default defineConfig({
  plugins: [react(), onlyOurLanguages(), shellFiles()],
  // No inline script, no inline module preload helper: the content security policy lets in files of our own only.
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: "index.html", sw: SERVICE_WORKER_ENTRY },
      // The service worker's own address is what it may answer for: everything below the root.
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/v1": "http://127.0.0.1:8546", "/demo": "http://127.0.0.1:8546" } },
  test: {
    css: { include: [/tokens\.css/] },
    include: ["src/**/*.test.ts", "src/**/*.test.tsx", "tests/**/*.test.ts"],
    environment: "node",
  },
} as Parameters<typeof defineConfig>[0]);
