/**
 * The service worker: keeps the page's own files, so that it opens without a connection. It never touches what the node
 * answers: no record, no list and no session is ever in its cache. Built as a file of its own, `/sw.js`.
 */
import { keeperOf } from "./shell.ts";

const scope = globalThis as unknown as ServiceWorkerGlobalScope;

/** The build writes the list of files here. */
const shell = JSON.parse("__SHELL__") as { readonly version: string; readonly files: readonly string[] };
const cacheName = `shell-${shell.version}`;
const keeper = keeperOf(scope.location.origin, shell.files);

scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(shell.files)));
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name !== cacheName) await caches.delete(name);
      }
      await scope.clients.claim();
    })(),
  );
});

scope.addEventListener("message", (event) => {
  if (event.data === "use") void scope.skipWaiting();
});

scope.addEventListener("fetch", (event) => {
  const kept = keeper(event.request);
  if (kept === null) return;
  event.respondWith(
    (async () => {
      const cache = await caches.open(cacheName);
      return (await cache.match(kept)) ?? (await fetch(event.request));
    })(),
  );
});
