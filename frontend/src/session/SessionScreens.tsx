/** The way in: one screen for each state that is not "at work". Those that few people see are loaded when they are needed. */
import { lazy, Suspense } from "react";
import { isCode } from "../core/errors.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useText } from "../i18n/text.ts";
import { ChooseScreen } from "./ChooseScreen.tsx";
import { useSession } from "./context.ts";
import { Screen } from "./Screen.tsx";

const LockedScreen = lazy(async () => ({ default: (await import("./LockedScreen.tsx")).LockedScreen }));
const NewScreen = lazy(async () => ({ default: (await import("./NewScreen.tsx")).NewScreen }));

export function SessionScreens() {
  return (
    <Suspense fallback={<Spinner wide />}>
      <CurrentScreen />
    </Suspense>
  );
}

function CurrentScreen() {
  const t = useText();
  const { state, controller } = useSession();
  switch (state.phase) {
    case "starting":
    case "ready":
      return <Spinner wide label={t.session.starting} />;
    case "unreachable":
      return (
        <Screen
          title={isCode(state.error, "offline") ? t.common.offlineTitle : t.session.unreachableTitle}
          icon="offline"
        >
          <ErrorNotice error={state.error} onRetry={() => void controller.start()} />
        </Screen>
      );
    case "choosing":
      return <ChooseScreen state={state} />;
    case "connecting":
      return (
        <Screen title={t.wallet.connecting({ name: state.walletName })} text={t.wallet.connectingText} icon="wallet">
          <Spinner label={t.wallet.waitingFor({ name: state.walletName })} />
          <OtherWallet />
        </Screen>
      );
    case "signing_in":
      return (
        <Screen title={t.wallet.signingIn} text={t.wallet.signingInText} icon="pen">
          <Spinner label={t.wallet.waitingFor({ name: state.walletName })} />
          <OtherWallet />
        </Screen>
      );
    case "wrong_network":
      return (
        <Screen title={t.wallet.wrongNetworkTitle} text={t.wallet.wrongNetworkText} icon="warning">
          <ErrorNotice error={state.error} />
          <div className="row">
            <Button variant="primary" onPress={() => void controller.switchNetwork()}>
              {t.wallet.switchNetwork}
            </Button>
            <OtherWallet />
          </div>
        </Screen>
      );
    case "unlocking":
      return (
        <Screen title={t.session.unlockingTitle} icon="key">
          <Spinner label={state.client.wallet.id === "demo" ? t.session.unlockingText : t.session.waitingSignature} />
          <OtherWallet />
        </Screen>
      );
    case "locked":
      return <LockedScreen state={state} />;
    case "new":
      return <NewScreen state={state} />;
  }
}

function OtherWallet() {
  const t = useText();
  const { controller } = useSession();
  return (
    <Button variant="quiet" onPress={() => void controller.signOut()}>
      {t.wallet.other}
    </Button>
  );
}
