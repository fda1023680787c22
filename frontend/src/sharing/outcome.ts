/** What became of something that was signed and went wrong, and how that is said. */
import { isCode, MendrecError } from "../core/errors.ts";
import { mayHappen } from "../core/mayHappen.ts";
import type { AllTexts } from "../i18n/text.ts";

/** What is thrown by an act says it itself; what is no error of ours says nothing, and so it may once it was sent. */
export function outcomeIsOpen(error: unknown, isSent: boolean): boolean {
  return mayHappen(error) || (isSent && !(error instanceof MendrecError));
}

/** Beside the error: that nothing was changed, where that is sure; nothing where the error's own words say that it may happen. */
export function keptWords(
  act: { readonly error: unknown; readonly mayHappen: boolean },
  t: AllTexts,
): string | undefined {
  if (isCode(act.error, "unavailable.act_pending")) {
    return t.sharing.pendingKept;
  }
  if (!act.mayHappen) {
    return t.sharing.nothingChanged;
  }
  return mayHappen(act.error) ? undefined : t.errors.mayHappen;
}
