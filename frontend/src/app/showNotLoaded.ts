/** The page's last word, where nothing of it could be loaded: never an empty window. */

import type { Language } from "../i18n/text.ts";
import { withoutTexts } from "../i18n/withoutTexts.ts";

export function showNotLoaded(place: HTMLElement, language: Language, reload: () => void): void {
  const words = withoutTexts[language];
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = words.title;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.action;
  button.addEventListener("click", reload);
  place.replaceChildren(text, button);
}
