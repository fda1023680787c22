/** The frame around every page: who is signed in, where one can go, what there is to know. */
import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { ToastRegion } from "../design/toasts.tsx";
import { useText } from "../i18n/text.ts";
import { ClockOff } from "../session/ClockOff.tsx";
import { useRole, useSession } from "../session/context.ts";
import { OverDialog } from "../session/OverDialog.tsx";
import { SessionScreens } from "../session/SessionScreens.tsx";
import { SettleReplacement } from "../session/SettleReplacement.tsx";
import { WalletTrouble } from "../session/WalletTrouble.tsx";
import { DEVELOPMENT_CHAIN_ID } from "../wallet/demoWallet.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import { Logo } from "./Logo.tsx";
import { BottomBar, SideBar } from "./Navigation.tsx";
import { Notices } from "./Notices.tsx";
import { navigation } from "./navigation.ts";
import { LanguageMenu, ThemeMenu } from "./Preferences.tsx";
import "./Layout.css";

export function Layout() {
  const t = useText();
  const { state } = useSession();
  const { role } = useRole();
  const pathname = useRouterState({ select: ({ location }) => location.pathname });
  const ready = state.phase === "ready";
  const items = ready && role !== null ? navigation[role] : [];
  const development = "client" in state && state.client.trust.chainId === DEVELOPMENT_CHAIN_ID;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page begins at its top
  useEffect(() => {
    if (!ready) globalThis.scrollTo(0, 0);
  }, [pathname, ready]);
  return (
    <div className="layout" data-has-nav={items.length > 0 || undefined}>
      <a className="skip-link" href="#content">
        {t.common.skipToContent}
      </a>
      <header className="layout-head">
        <Logo />
        <div className="layout-head-end">
          <div className="layout-preferences" data-elsewhere={ready || undefined}>
            <LanguageMenu />
            <ThemeMenu />
          </div>
          {ready && <AccountMenu me={state.me} />}
        </div>
      </header>
      {items.length > 0 && <SideBar items={items} pathname={pathname} />}
      <main id="content" className="layout-main" tabIndex={-1}>
        <Notices />
        {ready && <WalletTrouble trouble={state.trouble} error={state.error} />}
        {ready && <ClockOff />}
        {ready && <SettleReplacement />}
        {ready ? <Outlet /> : <SessionScreens />}
        {development && <p className="layout-foot soft small">{t.common.developmentNotice}</p>}
      </main>
      {items.length > 0 && <BottomBar items={items} pathname={pathname} />}
      {ready && <OverDialog isOver={state.isOver} error={state.error} />}
      <ToastRegion />
    </div>
  );
}
