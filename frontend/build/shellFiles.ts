/**
 * Builds the service worker as `/sw.js`, with the list of the files that it keeps: the page, its code, its styles and both
 * languages. Viewers are left out: they are large, and come when they are needed.
 */
import type { Plugin } from "vite";

export const SERVICE_WORKER_ENTRY = "src/sw/sw.ts";
const PLACEHOLDER = /["'`]__SHELL__["'`]/;
const FILE_MAX_BYTES = 400_000;
const LARGE = /pdf|dicom|codec|charls|openjpeg|uplot/i;
const STATIC_FILES = ["/", "/manifest.webmanifest", "/icon.svg"];

export function shellFiles(): Plugin {
  return {
    name: "mendrec-shell-files",
    apply: "build",
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") throw new Error("The build has no service worker.");
        if (worker.imports.length > 0) throw new Error("The service worker must be one file.");
        const files = [...STATIC_FILES];
        const contents: string[] = [];
        for (const [name, file] of Object.entries(bundle).sort(([one], [other]) => (one < other ? -1 : 1))) {
          const content = file.type === "chunk" ? file.code : file.source;
          contents.push(name, typeof content === "string" ? content : `${content.length}`);
          const isShell = name.startsWith("assets/") && /\.(?:js|css)$/.test(name) && !LARGE.test(name);
          if (isShell && content.length <= FILE_MAX_BYTES) files.push(`/${name}`);
        }
        const told = JSON.stringify({ version: await versionOf(contents), files });
        if (!PLACEHOLDER.test(worker.code)) throw new Error("The service worker has no place for its list.");
        worker.code = worker.code.replace(PLACEHOLDER, () => JSON.stringify(told));
      },
    },
  };
}

/** Another one whenever anything of the build is another. Binary files have a hash of their content in their names. */
async function versionOf(contents: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(contents.join("\0")));
  return Array.from(new Uint8Array(digest).subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
