/** The parts of this page that are gone; see {@link watchParts}. */
import { watchParts } from "./watchParts.ts";

/** Not answered by the service worker, which answers GET alone. */
async function siteAnswers(): Promise<boolean> {
  try {
    return (await fetch("/", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

export const goneParts = watchParts(globalThis, siteAnswers);
