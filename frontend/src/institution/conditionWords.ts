/** What the node looked at, in words of the person's language: by the check's kind and how it came out. */
import type { Tone } from "../design/StatusPill.tsx";
import type { AllTexts } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";

export type Condition = Operations["conditions"][number];

export type ConditionWords = {
  readonly name: string;
  readonly tone: Tone;
  readonly text: string;
  /** Empty where nothing is to be done. */
  readonly remedy: string;
};

export const CONDITION_TONES: Readonly<Record<Condition["state"], Tone>> = {
  ok: "good",
  warning: "caution",
  error: "bad",
};

/** A check is called `chain`, or `store ward-disk`: its kind, then the name of the thing. */
export function conditionWords(t: AllTexts, condition: Condition): ConditionWords {
  const words = t.institution.operations;
  const [kind = "", ...rest] = condition.check.split(" ");
  const name = rest.join(" ");
  const tone = CONDITION_TONES[condition.state];
  if (!isKnown(kind)) {
    const text = condition.state === "ok" ? condition.message : words.checkOther;
    return { name: condition.check, tone, text, remedy: "" };
  }
  const check = words.checks[kind];
  return {
    name: name === "" ? check : words.checkNamed({ check, name }),
    tone,
    text: condition.state === "ok" ? words.checkOk[kind] : words.checkBad[kind],
    remedy: condition.state === "ok" ? "" : words.checkRemedy[kind],
  };
}

const KNOWN = [
  "chain",
  "clock",
  "index",
  "store",
  "placement",
  "disk",
  "outbox",
  "relayer",
  "worker",
  "looks",
] as const;

function isKnown(kind: string): kind is (typeof KNOWN)[number] {
  return (KNOWN as readonly string[]).includes(kind);
}
