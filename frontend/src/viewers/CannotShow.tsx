/** Said in place of a file that can't be shown: why, and that a copy can be saved all the same. */
import type { ReactNode } from "react";
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";

export type Trouble = "damaged" | "tooLarge" | "unsupported" | "notLoaded";

type Props = {
  readonly trouble: Trouble;
  readonly action?: ReactNode;
};

export function CannotShow({ trouble, action }: Props) {
  const t = useText().viewers.cannot;
  return (
    <Callout tone="caution" isAlert title={t[trouble].title} {...(action === undefined ? {} : { action })}>
      <p>{t[trouble].text}</p>
    </Callout>
  );
}

/** Thrown by what reads a file, and shown by `CannotShow`. */
export class CannotShowError extends Error {
  override readonly name = "CannotShowError";
  readonly trouble: Trouble;

  constructor(trouble: Trouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}

export function troubleOf(error: unknown): Trouble {
  return error instanceof CannotShowError ? error.trouble : "damaged";
}
