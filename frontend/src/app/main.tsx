/** Starts the page. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { RouterProvider as LinkProvider } from "react-aria-components";
import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import "../design/base.css";
import { chooseLanguage } from "../i18n/choose.ts";
import { LanguageProvider } from "../i18n/LanguageProvider.tsx";
import { loadTexts } from "../i18n/load.ts";
import type { AllTexts } from "../i18n/text.ts";
import { openSession } from "../session/controller.ts";
import { browserDoings } from "../session/doings.ts";
import { SessionProvider } from "../session/SessionProvider.tsx";
import { pageOf } from "./pageOf.ts";
import { openQueryClient } from "./queryClient.ts";
import { router } from "./router.tsx";
import { newVersion, registerServiceWorker } from "./serviceWorker.ts";
import { showNotLoaded } from "./showNotLoaded.ts";
import { applyTheme, keptTheme } from "./theme.ts";

async function start(place: HTMLElement): Promise<void> {
  applyTheme(keptTheme());
  const language = chooseLanguage(localStorage, navigator.languages);
  const { doings, wallets } = browserDoings();
  const controller = openSession(doings);
  const queries = openQueryClient(controller.noticeError);
  // What one person's session showed is gone before the next one begins, and when the keys are locked away.
  controller.subscribe(() => {
    const { phase } = controller.state();
    if (phase === "choosing" || phase === "locked") queries.clear();
  });
  const beginning = controller.start();
  globalThis.addEventListener("online", () => {
    const { phase } = controller.state();
    if (phase === "unreachable") void controller.start();
    if (phase === "choosing") void controller.completeLeaving();
  });
  // An entry that is opened beside the list is on the same page: the list, and what was signed for it, stay.
  router.subscribe("onResolved", ({ fromLocation, toLocation }) => {
    if (fromLocation !== undefined && pageOf(fromLocation.pathname) !== pageOf(toLocation.pathname)) {
      void newVersion.arrived();
    }
  });
  let texts: AllTexts;
  try {
    texts = await loadTexts(language);
  } catch {
    showNotLoaded(place, language, () => globalThis.location.reload());
    return;
  }
  createRoot(place).render(
    <StrictMode>
      <LanguageProvider initial={{ language, texts }}>
        <QueryClientProvider client={queries}>
          <SessionProvider parts={{ controller, wallets }}>
            <LinkProvider navigate={(href) => void router.navigate({ href })}>
              <RouterProvider router={router} />
            </LinkProvider>
          </SessionProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  );
  await Promise.all([beginning, registerServiceWorker()]);
}

const place = document.getElementById("root");
if (place !== null) void start(place);
