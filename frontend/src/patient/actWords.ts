/** What somebody did, or only asked for: what was refused did not happen. */
import type { ReceiptAnswered } from "../generated/api/types.gen.ts";
import type { AllTexts } from "../i18n/text.ts";
import { isReleased } from "./reads.ts";

export function actWords(t: AllTexts, one: Pick<ReceiptAnswered, "act" | "outcome">): string {
  return (isReleased(one) ? t.patient.acts : t.patient.refusedActs)[one.act];
}
