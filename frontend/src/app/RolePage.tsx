/** Shows a page to the roles that it is for, and says so to others. */
import { type ComponentType, type LazyExoticComponent, Suspense } from "react";
import { EmptyState } from "../design/EmptyState.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useText } from "../i18n/text.ts";
import { useMe } from "../session/context.ts";
import { type Role, rolesOf } from "../session/state.ts";

export type LazyPage = LazyExoticComponent<ComponentType>;

type Props = { readonly page: LazyPage; readonly roles: readonly Role[] };

export function RolePage({ page: Page, roles }: Props) {
  const t = useText();
  const me = useMe();
  if (!rolesOf(me).some((role) => roles.includes(role))) {
    return (
      <>
        <PageHeader title={t.common.notForRoleTitle} />
        <EmptyState
          icon="lock"
          title={t.common.notForRoleText}
          action={<LinkButton href="/">{t.common.toStart}</LinkButton>}
        />
      </>
    );
  }
  return <AnyPage page={Page} />;
}

/** A page for everybody who is signed in. */
export function AnyPage({ page: Page }: { readonly page: LazyPage }) {
  return (
    <Suspense fallback={<Spinner wide />}>
      <Page />
    </Suspense>
  );
}
