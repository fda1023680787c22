/** What concerns the page as a whole: no connection, a newer version. */
import { useSyncExternalStore } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";
import { useOnline } from "./online.ts";
import { newVersion } from "./serviceWorker.ts";

export function Notices() {
  const t = useText();
  const online = useOnline();
  const isNewVersion = useSyncExternalStore(newVersion.subscribe, newVersion.isReady);
  return (
    <div className="layout-notices" role="status">
      {!online && (
        <Callout tone="caution" title={t.common.offlineTitle}>
          {t.common.offlineText}
        </Callout>
      )}
      {isNewVersion && (
        <Callout
          title={t.common.newVersionTitle}
          action={
            <Button size="s" onPress={newVersion.use}>
              {t.common.newVersionAction}
            </Button>
          }
        />
      )}
    </div>
  );
}
