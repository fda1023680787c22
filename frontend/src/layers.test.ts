/** Who may import whom (frontend/README.md): an import goes down the list, and what is not listed is allowed by nobody. */
import { expect, test } from "vitest";

/** Path from src → text. */
const SOURCES = Object.entries(
  import.meta.glob<string>("./**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
).map(([path, text]) => ({ path: path.slice("./".length), text }));
const PAGES = ["patient", "clinician", "institution"];
const SHARED = ["record", "sharing", "upload"];
const SHOWN = ["design", "i18n", "app", "session"];
const CLIENT = ["node", "wallet", "core", "generated"];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(PAGES.map((page) => [page, [page, ...SHARED, "viewers", ...SHOWN, ...CLIENT, "vault"]])),
  ...Object.fromEntries(SHARED.map((part) => [part, [...SHARED, "viewers", ...SHOWN, ...CLIENT, "vault"]])),
  app: [...PAGES, ...SHARED, ...SHOWN, ...CLIENT, "vault", "sw"],
  session: [...SHOWN, ...SHARED, ...CLIENT, "vault"],
  viewers: ["viewers", "design", "i18n", "app", "core"],
  design: ["design", "i18n", "app", "core", "node"],
  i18n: ["i18n", "core"],
  node: ["node", "wallet", "vault", "core", "generated"],
  wallet: ["wallet", "node", "core", "generated"],
  vault: ["vault", "node", "wallet", "core", "generated", "app"],
  sw: ["sw"],
  core: ["core", "generated"],
};

/** `folder of the importer → folder of the imported`, for what is left when types are erased and for types alike. */
function crossings({ path, text }: { path: string; text: string }): string[] {
  if (/\.test\.tsx?$|\/testing\//.test(path) || !path.includes("/")) return [];
  const from = folderOf(path);
  const found = text.matchAll(/(?:from\s+|import\(\s*|import\s+)"(\.{1,2}\/[^"?]+)/g);
  return [...found].flatMap(([, target]) => {
    const to = folderOf(new URL(target ?? "", `src:///${path}`).pathname.slice(1));
    return MAY_IMPORT[from]?.includes(to) ? [] : [`${path} → ${to}`];
  });
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}

test("an import goes down the layers", () => {
  expect(SOURCES.length).toBeGreaterThan(100);
  expect(SOURCES.flatMap(crossings)).toEqual([]);
});

test("one module touches each cryptographic library", () => {
  const owners: Readonly<Record<string, readonly string[]>> = {
    "age-encryption": ["core/age.ts"],
    "shamir-secret-sharing": ["core/shamir.ts"],
    "hash-wasm": ["core/sha256.ts"],
  };
  for (const [library, allowed] of Object.entries(owners)) {
    const importers = SOURCES.filter(
      ({ path, text }) => !path.includes(".test.") && text.includes(`from "${library}"`),
    );
    expect(importers.map(({ path }) => path)).toEqual(allowed);
  }
});
