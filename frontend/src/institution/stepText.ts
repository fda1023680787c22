/** A step of mending in the person's language: what was done and, smaller, why. */
import type { AllTexts } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";
import { pathReasonWords, placeWords, recordWords } from "./recordWords.ts";
import { readStep } from "./stepWords.ts";

/** `line` as mending tells it; one of another form stays as it came. */
export function stepText(t: AllTexts, line: string, stores: Operations["stores"]): { text: string; small?: string } {
  const words = t.institution.mending;
  const step = readStep(line);
  if (step === null) return { text: line };
  const what = recordWords(t, step.record);
  if (step.kind === "copy") {
    const text = words.copyStep({ what, to: step.to });
    return step.why === null ? { text } : { text, small: words.why[step.why] };
  }
  const [from, to] = [placeWords(t, Number(step.from), stores), placeWords(t, Number(step.to), stores)];
  return { text: words.moveStep({ what, from, to }), small: pathReasonWords(t, step.reason) };
}
