/** Characters that can't be seen and change how others are read: shown by their number instead. */
export type Piece = { readonly text: string; readonly hidden: boolean };

/** Controls but tab and line ends; direction marks, embeddings and overrides; zero widths; line and paragraph separators. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff])/u;

/** Each is an element of the page: what holds more than this is no text, and the rest of its marks are plain ones. */
const MARKS_MAX = 2_000;

export function pieces(text: string): readonly Piece[] {
  const parts = text.split(HIDDEN);
  const found = parts
    .slice(0, 2 * MARKS_MAX)
    .map((one, i) => (i % 2 === 0 ? { text: one, hidden: false } : { text: nameOf(one), hidden: true }));
  const rest = parts.slice(2 * MARKS_MAX).map((one, i) => (i % 2 === 0 ? one : `⟨${nameOf(one)}⟩`));
  return [...found, { text: rest.join(""), hidden: false }].filter((piece) => piece.text !== "");
}

/** The same where no marks can be: in a label, or a heading that is a string. */
export function withNamed(text: string): string {
  return pieces(text)
    .map((piece) => (piece.hidden ? `⟨${piece.text}⟩` : piece.text))
    .join("");
}

function nameOf(hidden: string): string {
  return `U+${(hidden.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
