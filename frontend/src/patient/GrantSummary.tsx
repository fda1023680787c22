/** A card with what is about to be allowed, and what that does not allow. */
import { Card } from "../design/Card.tsx";
import { useText } from "../i18n/text.ts";
import { useClient } from "../session/context.ts";
import type { Terms } from "../sharing/grantWords.ts";
import { GrantSentences } from "./GrantSentences.tsx";

type Props = { readonly name: string; readonly terms: Terms | null };

export function GrantSummary({ name, terms }: Props) {
  const t = useText();
  const { http } = useClient();
  return (
    <Card title={t.sharing.inShort} tone="accent" level={3}>
      <div className="stack-s" aria-live="polite">
        {terms === null ? <p>{t.sharing.fillIn}</p> : <GrantSentences name={name} terms={terms} now={http.now()} />}
      </div>
    </Card>
  );
}
