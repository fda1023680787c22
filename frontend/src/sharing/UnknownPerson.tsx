/** Said of an address that no professional has: the whole of it, to be compared with what the person says. */
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";

/** `isEnrolled`: true also while that is not known. */
type Props = { readonly address: Address; readonly isEnrolled: boolean };

export function UnknownPerson({ address, isEnrolled }: Props) {
  const t = useText();
  return (
    <Callout tone="caution">
      <div className="stack-s">
        {!isEnrolled && <p>{t.sharing.whoNotEnrolled}</p>}
        <p>{t.sharing.whoUnknown}</p>
        <p>
          {t.sharing.wholeAddress} <code>{address}</code>
        </p>
      </div>
    </Callout>
  );
}
