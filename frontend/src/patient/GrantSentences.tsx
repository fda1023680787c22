/** What is about to be allowed, what for, and what not. */
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { cannotSentence, canSentence, purposeWords, type Terms } from "../sharing/grantWords.ts";

/** `now`: Unix seconds. */
type Props = { readonly name: string; readonly terms: Terms; readonly now: number };

export function GrantSentences({ name, terms, now }: Props) {
  const t = useText();
  const format = useFormat();
  const canRead = terms.rights.includes("READ");
  return (
    <>
      <p className="share-sentence">{canSentence(t, format, name, terms, now)}</p>
      {terms.purpose !== undefined && <p>{t.sharing.onlyFor({ purpose: purposeWords(t, terms.purpose) })}</p>}
      <p>
        {cannotSentence(t, terms.rights)} {t.sharing.otherCategories} {canRead && t.sharing.laterEntries}
      </p>
      {canRead && <p>{t.sharing.notTakenBack}</p>}
    </>
  );
}
