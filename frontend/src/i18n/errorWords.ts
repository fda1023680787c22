/** An error in the person's language: looked up by code, then by the families that the code belongs to. */
import { isCode, MendrecError } from "../core/errors.ts";
import { mayHappen } from "../core/mayHappen.ts";
import type { AllTexts } from "./text.ts";

export type ErrorWords = {
  readonly title: string;
  /** What to do; empty where there is nothing to say. */
  readonly remedy: string;
  readonly requestId: string | null;
};

type Words = { readonly title: string; readonly remedy: string };

export function wordsOf(error: unknown, texts: AllTexts): ErrorWords {
  if (!(error instanceof MendrecError)) {
    return { ...texts.errors.unexpected, requestId: null };
  }
  const words = byCodeOf(error, texts);
  // "Try again" is the wrong thing to do while something that was signed may take effect.
  return mayHappen(error) && !isCode(error, "unavailable.act_pending")
    ? { ...words, remedy: texts.errors.mayHappen }
    : words;
}

function byCodeOf(error: MendrecError, texts: AllTexts): ErrorWords {
  const { requestId } = error;
  const byCode: Readonly<Record<string, Words>> = texts.errors.byCode;
  const exact = own(byCode, error.code);
  if (exact !== undefined) return { ...exact, requestId };
  const family = familyOf(byCode, error.code) ?? texts.errors.unexpected;
  // English is the language that errors are written in: there the error's own words say more than its family's.
  return texts.errors.usesOwnWords === "yes"
    ? { title: error.message || family.title, remedy: forPage(error.remedy) || family.remedy, requestId }
    : { ...family, requestId };
}

/** What to do at a command line is no help on a page. */
function forPage(remedy: string): string {
  return remedy.includes("`mendrec") ? "" : remedy;
}

function familyOf(byCode: Readonly<Record<string, Words>>, code: string): Words | undefined {
  for (let family = code; family.includes("."); ) {
    family = family.slice(0, family.lastIndexOf("."));
    const found = own(byCode, family);
    if (found !== undefined) return found;
  }
  return undefined;
}

function own(byCode: Readonly<Record<string, Words>>, code: string): Words | undefined {
  return Object.hasOwn(byCode, code) ? byCode[code] : undefined;
}
