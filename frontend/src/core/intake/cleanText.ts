/** Texts and file names that can be shown: on one line, without what hides or turns around other text. */

const HIDING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const TITLE_MAX_CHARS = 200;
const FILE_NAME_MAX_CHARS = 200;
const ENDING_CHARS = 20;

/** `text` on one line, without control and direction-changing characters, cut to `maxChars` characters. */
export function cleanText(text: string, maxChars: number = TITLE_MAX_CHARS): string {
  const words = text.replace(HIDING, " ").trim().split(/\s+/u);
  return [...words.join(" ")].slice(0, maxChars).join("").trim();
}

/**
 * The last component of a path as a descriptor takes it; null where nothing is left. A name that is too long loses its
 * middle, never its ending.
 */
export function safeFileName(path: string): string | null {
  const last =
    path
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .at(-1) ?? "";
  let name = cleanText(last.replaceAll("\\", "_"), Number.POSITIVE_INFINITY);
  const chars = [...name];
  if (chars.length > FILE_NAME_MAX_CHARS) {
    name = [...chars.slice(0, FILE_NAME_MAX_CHARS - ENDING_CHARS), ...chars.slice(-ENDING_CHARS)].join("");
  }
  return /[^. ]/u.test(name) ? name : null;
}
