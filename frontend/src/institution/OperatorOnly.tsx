/** Shows what is for who runs the node, once the first look at it came; to other institutions it says who they should ask. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useText } from "../i18n/text.ts";
import { isNotOperator } from "./useOperations.ts";

type Props<D> = { readonly query: UseQueryResult<D>; readonly children: (data: D) => ReactNode };

export function OperatorOnly<D>({ query, children }: Props<D>) {
  const t = useText();
  if (isNotOperator(query.error)) {
    return <Callout title={t.institution.notOperatorTitle}>{t.institution.notOperatorText}</Callout>;
  }
  const retry = () => void query.refetch();
  if (query.data === undefined) {
    return query.error === null ? <Skeleton lines={5} /> : <ErrorNotice error={query.error} onRetry={retry} />;
  }
  return (
    <>
      {query.error !== null && (
        <ErrorNotice error={query.error} kept={t.institution.operations.cantRefresh} onRetry={retry} />
      )}
      {children(query.data)}
    </>
  );
}
