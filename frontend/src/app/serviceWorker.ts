/** Registers the service worker that keeps the page's own files, and tells when a newer version waits. */
import { Renewal } from "./renewal.ts";
import { trustedScriptUrl } from "./trustedTypes.ts";

export const newVersion = new Renewal({
  heldLocks: async () => {
    const found = await navigator.locks?.query().catch(() => null);
    return found?.held?.map(({ name }) => name ?? "") ?? null;
  },
  reload: () => globalThis.location.reload(),
  now: () => Date.now(),
});

/** A browser without service workers, or one that refuses them, does without. */
export async function registerServiceWorker(): Promise<void> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  const hadOne = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    // The first one takes over without a word.
    if (hadOne) newVersion.tookOver();
  });
  try {
    const registration = await serviceWorker.register(trustedScriptUrl("/sw.js") as string, { type: "module" });
    newVersion.registered(registration);
    const notice = (worker: ServiceWorker | null) => {
      if (worker !== null && serviceWorker.controller !== null) newVersion.waits(worker);
    };
    registration.addEventListener("updatefound", () => {
      const { installing } = registration;
      installing?.addEventListener("statechange", () => {
        if (installing.state === "installed") notice(installing);
      });
    });
    notice(registration.waiting);
    await newVersion.arrived();
  } catch {
    // The page works without; it only does not open offline.
  }
}
