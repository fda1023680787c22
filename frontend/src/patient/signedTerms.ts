/** What the wallet shows of an act, in the order in which it shows it. */
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import type { SignedTerms } from "./ActDialog.tsx";
import { endWords, purposeWords } from "./grantWords.ts";

type Asked = {
  readonly act: "grant" | "renew" | "narrow" | "revoke" | "approve" | "decline";
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
  return ({ act, address, name, categories, rights, fromAt, untilAt, purpose }) => {
    const { terms } = t.sharing;
    const codes = (code: string) => `${categoryName(t, code)} (${code})`;
    return [
      { term: terms.act, value: t.sharing.acts[act] },
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
