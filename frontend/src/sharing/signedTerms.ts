/** What the wallet shows of an act, in the order in which it shows it. */
import type { ReactNode } from "react";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { endWords, purposeWords } from "./grantWords.ts";

export type SignedTerms = readonly { readonly term: string; readonly value: ReactNode }[];

type Asked = {
  readonly act: "grant" | "renew" | "narrow" | "revoke" | "approve" | "decline" | "pass_on" | "take_back";
  /** Whose record it is, where that is not one's own. */
  readonly patient?: string;
  readonly address: string;
  readonly name: string | null;
  readonly categories: readonly string[];
  readonly rights?: readonly ("READ" | "UPLOAD" | "SHARE")[];
  readonly fromAt?: number;
  readonly untilAt?: number;
  readonly purpose?: string;
};

export function useSignedTerms(): (asked: Asked) => SignedTerms {
  const t = useText();
  const format = useFormat();
  return ({ act, patient, address, name, categories, rights, fromAt, untilAt, purpose }) => {
    const { terms } = t.sharing;
    const codes = (code: string) => `${categoryName(t, code)} (${code})`;
    return [
      { term: terms.act, value: t.sharing.acts[act] },
      ...(patient === undefined ? [] : [{ term: terms.patient, value: patient }]),
      ...(name === null ? [] : [{ term: terms.person, value: name }]),
      { term: terms.address, value: address },
      { term: terms.categories, value: categories.map(codes).join(", ") },
      ...(rights === undefined
        ? []
        : [{ term: terms.rights, value: rights.map((right) => `${t.words.rights[right]} (${right})`).join(", ") }]),
      ...(fromAt === undefined ? [] : [{ term: terms.from, value: format.dateTime(fromAt) }]),
      ...(untilAt === undefined
        ? []
        : [
            {
              term: terms.until,
              value: untilAt > 8_640_000_000_000 ? endWords(t, format, untilAt) : format.dateTime(untilAt),
            },
          ]),
      ...(purpose === undefined ? [] : [{ term: terms.purpose, value: `${purposeWords(t, purpose)} (${purpose})` }]),
    ];
  };
}
