/** A page threw while it was drawn. An error of the product's own says what happened; anything else is a fault of ours. */
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useSyncExternalStore } from "react";
import { MendrecError } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { useText } from "../i18n/text.ts";
import { goneParts } from "./goneParts.ts";
import { PageRenewed } from "./PageRenewed.tsx";

export function PageBroke({ error, reset }: ErrorComponentProps) {
  const t = useText();
  const isGone = useSyncExternalStore(goneParts.subscribe, goneParts.isGone);
  if (error instanceof MendrecError) return <ErrorNotice error={error} onRetry={reset} />;
  if (isGone) return <PageRenewed />;
  return (
    <Callout
      tone="bad"
      isAlert
      title={t.common.brokenTitle}
      action={
        <Button icon="refresh" onPress={() => globalThis.location.reload()}>
          {t.common.reload}
        </Button>
      }
    >
      <p>{t.common.brokenText}</p>
    </Callout>
  );
}
