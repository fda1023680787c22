/**
 * Parts of the page that can't be loaded any more: the site has a newer version of the page than the one that is open. Vite
 * tells of each part that fails to load, by an event of the window.
 */

export type GoneParts = {
  readonly subscribe: (changed: () => void) => () => void;
  readonly isGone: () => boolean;
};

/** `siteAnswers`: whether the site can be reached. Where it can't, nothing is gone: it only can't be had now. */
export function watchParts(place: EventTarget, siteAnswers: () => Promise<boolean>): GoneParts {
  const listeners = new Set<() => void>();
  let isGone = false;
  place.addEventListener("vite:preloadError", () => {
    void siteAnswers().then((answers) => {
      if (!answers || isGone) return;
      isGone = true;
      for (const changed of listeners) changed();
    });
  });
  return {
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    isGone: () => isGone,
  };
}
