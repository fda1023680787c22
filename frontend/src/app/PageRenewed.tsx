/** Says that the page that is open is older than the site, and loads it anew. */
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";

export function PageRenewed() {
  const t = useText();
  return (
    <Callout
      tone="caution"
      isAlert
      title={t.common.renewedTitle}
      action={
        <Button icon="refresh" onPress={() => globalThis.location.reload()}>
          {t.common.renewedAction}
        </Button>
      }
    >
      <p>{t.common.renewedText}</p>
    </Callout>
  );
}
