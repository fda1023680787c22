/** Whatever is thrown, here or at the node, says something to a person in both languages. */
import { describe, expect, it } from "vitest";
import { MendrecError } from "../core/errors.ts";
import type { WalletErrorReason } from "../wallet/types.ts";
import { en } from "./en.ts";
import { wordsOf } from "./errorWords.ts";
import { ko } from "./ko.ts";

type Source = { readonly path: string; readonly text: string };

function sources(texts: Readonly<Record<string, string>>): readonly Source[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text }));
}

function found(read: readonly Source[], shape: RegExp): readonly string[] {
  const codes = read.flatMap(({ text }) => [...text.matchAll(shape)].map((match) => match[1] ?? ""));
  return [...new Set(codes)].sort();
}

const PAGE = sources(
  import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
).filter(({ path }) => !/\.test\.|\/testing\/|^(\.|\.\.\/generated)\//.test(path));
const NODE = sources(
  import.meta.glob<string>("../../../app/mendrec/**/*.py", { query: "?raw", import: "default", eager: true }),
);
const WALLET = ["refused", "locked", "wrong_chain", "wrong_account", "busy", "unsupported", "gone"] as const;

/** Literals, and the part of a template that is always there. */
const THROWN = found(PAGE, /new MendrecError\(\s*["`]([a-z_.]*[a-z_])/g);
const AT_THE_NODE = found(NODE, /^\s+(?:self\.)?code(?:: str)? = f?"([a-z_.]*[a-z_])/gm);
/** Beside these, which are about bytes, what is thrown is about something that a person chose or waits for. */
const SAID_BY_FAMILY =
  /^(verification|not_found\.custodian|input\.(act|descriptor|empty|invalid|leaf|malformed|not_canon|release|threshold|time|unknown))/;
/** Without words: what means that the page is wrong, and what never comes as it is. */
const UNEXPECTED = ["fault", "mendrec.error"];
const TRANSLATED = ["unauthenticated", "wallet"];

const hasWords = (code: string) => wordsOf(new MendrecError(code, ""), ko).title !== ko.errors.unexpected.title;

describe("a code", () => {
  it("is found where it is thrown", () => {
    expect(THROWN).toEqual(expect.arrayContaining(["input.sealed_otherwise", "wallet", "refused"]));
    expect(AT_THE_NODE).toEqual(expect.arrayContaining(["refused.csrf", "mendrec.error", "refused.contract"]));
  });

  const codes = [...new Set([...THROWN, ...AT_THE_NODE])];
  it.each(codes.filter((code) => !TRANSLATED.includes(code)))("%s has words, or its family has", (code) => {
    expect(hasWords(code)).toBe(!UNEXPECTED.includes(code));
  });

  it.each(THROWN.filter((code) => code.includes(".") && !SAID_BY_FAMILY.test(code)))(
    "%s, which the page itself throws, has words of its own",
    (code) => {
      expect(Object.keys(en.errors.byCode)).toContain(code);
    },
  );

  it.each(WALLET satisfies readonly WalletErrorReason[])("wallet.%s has words of its own", (reason) => {
    expect(Object.keys(ko.errors.byCode)).toContain(`wallet.${reason}`);
  });
});
