import { isCode, MendrecError } from "./errors.ts";

const CONTRACT_REFUSAL = /^refused\.[A-Z]\w*\.\w+$/;

/**
 * What went wrong after something was signed and handed over, told as such: it may take effect all the same. Only the contract's
 * own refusal says that it does not.
 */
export function stillOpen(error: unknown): unknown {
  if (!(error instanceof MendrecError) || CONTRACT_REFUSAL.test(error.code)) {
    return error;
  }
  return new MendrecError(error.code, error.message, {
    remedy: error.remedy,
    requestId: error.requestId,
    details: { ...error.details, may_happen: 1 },
    cause: error,
  });
}

/** Whether what was signed may take effect in spite of an error. */
export function mayHappen(error: unknown): error is MendrecError {
  return error instanceof MendrecError && error.details.may_happen === 1;
}

/** Whether an answer is a refusal of what was asked, so that nothing came of it. */
export function isRefusal(error: unknown): boolean {
  return isCode(error, "refused") || isCode(error, "input") || isCode(error, "not_found");
}
