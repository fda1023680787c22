/** There is no page at this address. */
import { EmptyState } from "../design/EmptyState.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { useText } from "../i18n/text.ts";

export function NotFound() {
  const t = useText();
  return (
    <>
      <PageHeader title={t.common.notFoundTitle} />
      <EmptyState
        icon="search"
        title={t.common.notFoundText}
        action={<LinkButton href="/">{t.common.toStart}</LinkButton>}
      />
    </>
  );
}
