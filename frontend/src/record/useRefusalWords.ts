/** Why an entry can't be shown, in a sentence. */
import { MendrecError } from "../core/errors.ts";
import { wordsOf } from "../i18n/errorWords.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord } from "../node/types.ts";

export function refusalError(refusal: NonNullable<ListedRecord["refusal"]>): MendrecError {
  return new MendrecError(refusal.code, refusal.message, { remedy: refusal.remedy });
}

export function useRefusalWords(): (refusal: NonNullable<ListedRecord["refusal"]>) => string {
  const t = useText();
  return (refusal) => t.record.unreadable({ why: wordsOf(refusalError(refusal), t).title });
}
