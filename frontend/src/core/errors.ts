/**
 * One family of errors, as in the node: each has a stable code, a message that is safe to show, and a remedy. What a person
 * reads is looked up by code in `i18n`; the message here is the English one, for what has no translation.
 */
export class MendrecError extends Error {
  override readonly name = "MendrecError";
  readonly code: string;
  readonly remedy: string;
  /** Names the request in the node's log, where the node answered. */
  readonly requestId: string | null;
  /** Safe values that a translated text may show: addresses, numbers, names of contracts. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: string,
    message: string,
    options: {
      readonly remedy?: string;
      readonly requestId?: string | null;
      readonly details?: Readonly<Record<string, string | number>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy ?? "";
    this.requestId = options.requestId ?? null;
    this.details = options.details ?? {};
  }
}

/** Whether an error is of a family: `isCode(error, "refused")` holds for `refused.release.stale` too. */
export function isCode(error: unknown, family: string): error is MendrecError {
  return error instanceof MendrecError && (error.code === family || error.code.startsWith(`${family}.`));
}

/** What was stopped, by a person or by the page, throws this. */
export function cancelled(): MendrecError {
  return new MendrecError("cancelled", "It was stopped.");
}

/** The error's plain form, for going between worker and page. */
export type PlainError = {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, string | number>>;
};
