/** The wallet moved to another network, or went away, while somebody was at work. */
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { useText } from "../i18n/text.ts";
import { useSession } from "./context.ts";

type Props = { readonly trouble: "network" | "disconnected" | null; readonly error: unknown };

export function WalletTrouble({ trouble, error }: Props) {
  const t = useText();
  const { controller } = useSession();
  if (trouble === null) return null;
  return (
    <div className="layout-notices">
      {trouble === "network" ? (
        <Callout
          tone="caution"
          isAlert
          title={t.wallet.wrongNetworkTitle}
          action={
            <Button size="s" onPress={() => void controller.switchNetwork()}>
              {t.wallet.switchNetwork}
            </Button>
          }
        >
          {t.wallet.wrongNetworkText}
        </Callout>
      ) : (
        <Callout tone="caution" isAlert title={t.wallet.disconnectedTitle}>
          {t.wallet.disconnectedText}
        </Callout>
      )}
      {error !== null && <ErrorNotice error={error} compact />}
    </div>
  );
}
