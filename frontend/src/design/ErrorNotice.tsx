/** What went wrong: what happened, what was kept, what to do, and how to name it to whoever runs the node. */
import type { ReactNode } from "react";
import { MendrecError } from "../core/errors.ts";
import { type ErrorWords, wordsOf } from "../i18n/errorWords.ts";
import { type AllTexts, useText } from "../i18n/text.ts";
import { Button } from "./Button.tsx";
import { Callout } from "./Callout.tsx";

type Props = {
  readonly error: unknown;
  /** What is safe in spite of it: "The 3 files that were sealed are still here." */
  readonly kept?: ReactNode;
  readonly onRetry?: () => void;
  readonly retryLabel?: string;
  /** One line, for a row of a list. */
  readonly compact?: boolean;
};

export function ErrorNotice({ error, kept, onRetry, retryLabel, compact = false }: Props) {
  const t = useText();
  const { title, remedy, requestId } = wordsOf(error, t);
  const calm = isCalm(error);
  return (
    <Callout
      tone={calm ? "info" : "bad"}
      isAlert
      title={title}
      {...(onRetry === undefined
        ? {}
        : {
            action: (
              <Button size="s" icon="refresh" onPress={onRetry}>
                {retryLabel ?? t.common.retry}
              </Button>
            ),
          })}
    >
      {!compact && (
        <div className="stack-s">
          {remedy !== "" && <p>{remedy}</p>}
          {kept !== undefined && <p>{kept}</p>}
          {requestId !== null && (
            <p className="callout-request">
              {t.errors.requestId} <code>{requestId}</code>
            </p>
          )}
        </div>
      )}
    </Callout>
  );
}

/** The words of an error, for toasts and lines. */
export function useErrorWords(): (error: unknown) => ErrorWords {
  const t: AllTexts = useText();
  return (error) => wordsOf(error, t);
}

/** A person's own no is no fault. */
function isCalm(error: unknown): boolean {
  return error instanceof MendrecError && (error.code === "wallet.refused" || error.code === "cancelled");
}
