/** A new list of names in the place of one that can't be believed: asks first, since all other names go. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";

export function BeginAnew({ onBegin }: { readonly onBegin: () => void }) {
  const t = useText();
  const [isAsked, setIsAsked] = useState(false);
  if (!isAsked) {
    return (
      <div className="row">
        <Button onPress={() => setIsAsked(true)}>{t.clinician.nameStartAnew}</Button>
      </div>
    );
  }
  return (
    <Callout
      tone="caution"
      title={t.clinician.nameStartAnew}
      isAlert
      action={
        <>
          <Button variant="danger" icon="download" onPress={onBegin}>
            {t.clinician.nameAnewConfirm}
          </Button>
          <Button variant="quiet" onPress={() => setIsAsked(false)}>
            {t.common.cancel}
          </Button>
        </>
      }
    >
      {t.clinician.nameAnewText}
    </Callout>
  );
}
