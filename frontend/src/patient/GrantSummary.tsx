/** One sentence for what is about to be allowed, and what it does not allow. */
import { Card } from "../design/Card.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { useClient } from "../session/context.ts";
import { cannotSentence, canSentence, type Terms } from "./grantWords.ts";

type Props = { readonly name: string; readonly terms: Terms | null };

export function GrantSummary({ name, terms }: Props) {
  const t = useText();
  const format = useFormat();
  const { http } = useClient();
  const cannot = terms === null ? null : cannotSentence(t, terms.rights);
  return (
    <Card title={t.sharing.inShort} tone="accent" level={3}>
      <div className="stack-s" aria-live="polite">
        {terms === null ? (
          <p>{t.sharing.fillIn}</p>
        ) : (
          <>
            <p className="share-sentence">{canSentence(t, format, name, terms, http.now())}</p>
            <p>
              {cannot} {t.sharing.otherCategories} {terms.rights.includes("READ") && t.sharing.laterEntries}
            </p>
            {terms.rights.includes("READ") && <p>{t.sharing.notTakenBack}</p>}
          </>
        )}
      </div>
    </Card>
  );
}
