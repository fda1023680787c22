/** What concerns the page as a whole: no connection, a newer version, parts that are gone. */
import { useSyncExternalStore } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { useText } from "../i18n/text.ts";
import { goneParts } from "./goneParts.ts";
import { useOnline } from "./online.ts";
import { PageRenewed } from "./PageRenewed.tsx";
import { newVersion } from "./serviceWorker.ts";

export function Notices() {
  const t = useText();
  const online = useOnline();
  const isNewVersion = useSyncExternalStore(newVersion.subscribe, newVersion.isReady);
  const isGone = useSyncExternalStore(goneParts.subscribe, goneParts.isGone);
  return (
    <div className="layout-notices" role="status">
      {isGone && <PageRenewed />}
      {!online && (
        <Callout tone="caution" title={t.common.offlineTitle}>
          {t.common.offlineText}
        </Callout>
      )}
      {isNewVersion && !isGone && (
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
