/** The component library brings its few words in thirty languages; the page speaks two. The others are left out. */
import type { Plugin } from "vite";

const TRANSLATION = /\/react-(?:aria|stately)\/dist\/private\/intl\/.*\/(?<locale>[a-z]{2}-[A-Z]{2})\.m?js$/;
const OURS = new Set(["en-US", "ko-KR"]);

export function onlyOurLanguages(): Plugin {
  return {
    name: "mendrec-only-our-languages",
    enforce: "pre",
    apply: "build",
    load(id) {
      const locale = TRANSLATION.exec(id.split("?")[0] ?? "")?.groups?.locale;
      return locale === undefined || OURS.has(locale) ? null : "export default {};";
    },
  };
}
