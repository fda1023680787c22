/** Registers the service worker that keeps the page's own files, and tells when a newer version waits. */
import { trustedScriptUrl } from "./trustedTypes.ts";

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

export const newVersion = {
  subscribe: (changed: () => void) => {
    listeners.add(changed);
    return () => listeners.delete(changed);
  },
  isReady: () => waiting !== null,
  /** Lets the newer version take over; the page is loaded anew then. */
  use: () => waiting?.postMessage("use"),
};

/** A browser without service workers, or one that refuses them, does without. */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    // The first one takes over without a word; a newer one only where the person asked for it.
    if (hadOne) globalThis.location.reload();
  });
  try {
    const registration = await serviceWorker.register(trustedScriptUrl("/sw.js") as string, { type: "module" });
    const notice = (worker: ServiceWorker | null) => {
      if (worker === null || serviceWorker.controller === null) return;
      waiting = worker;
      for (const changed of listeners) changed();
    };
    notice(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const { installing } = registration;
      installing?.addEventListener("statechange", () => {
        if (installing.state === "installed") notice(installing);
      });
    });
  } catch {
    // The page works without; it only does not open offline.
  }
}
