import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // No inline script, no inline module preload helper: the content security policy lets in files of our own only.
  build: {
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
  worker: { format: "es" },
  server: { proxy: { "/v1": "http://127.0.0.1:8546", "/demo": "http://127.0.0.1:8546" } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx", "tests/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
