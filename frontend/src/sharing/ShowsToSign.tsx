/** What the wallet is about to show, to be compared with it. */
import { DataList } from "../design/DataList.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { useText } from "../i18n/text.ts";
import type { SignedTerms } from "./signedTerms.ts";

export function ShowsToSign({ terms }: { readonly terms: SignedTerms }) {
  const t = useText();
  return (
    <Disclosure title={t.sharing.willSign}>
      <div className="stack-s">
        <p className="soft">{t.sharing.willSignText}</p>
        <DataList items={terms} />
      </div>
    </Disclosure>
  );
}
