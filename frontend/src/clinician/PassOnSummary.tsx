/** What is about to be passed on, in a sentence, and as the wallet will show it. */
import type { RightName } from "../core/typedData/consent.ts";
import { Callout } from "../design/Callout.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { purposeWords } from "../sharing/grantWords.ts";
import { ShowsToSign } from "../sharing/ShowsToSign.tsx";
import { useSignedTerms } from "../sharing/signedTerms.ts";

type Props = {
  /** What the grantee is called here. */
  readonly called: string;
  readonly asked: {
    readonly patient: string;
    readonly address: string;
    /** Null where nobody gave one. */
    readonly name: string | null;
    readonly categories: readonly string[];
    readonly rights: readonly RightName[];
    readonly purpose: string;
    /** Unix seconds. */
    readonly fromAt: number;
    readonly untilAt: number;
  };
};

export function PassOnSummary({ called, asked }: Props) {
  const t = useText();
  const format = useFormat();
  const signedTerms = useSignedTerms();
  return (
    <>
      <Callout>
        {t.clinician.passOnSummary({
          name: called,
          rights: format.list(asked.rights.map((right) => t.words.rights[right])),
          categories: format.list(asked.categories.map((code) => categoryName(t, code))),
          until: format.dateTime(asked.untilAt),
          purpose: purposeWords(t, asked.purpose),
        })}
      </Callout>
      <ShowsToSign terms={signedTerms({ act: "pass_on", ...asked })} />
    </>
  );
}
