/** Characters that can't be seen and change how others are read: shown by their number instead. */
export type Piece = { readonly text: string; readonly hidden: boolean };

/** Controls but tab and line ends; direction marks, embeddings and overrides; zero widths; line and paragraph separators. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /([\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff])/u;

export function pieces(text: string): readonly Piece[] {
  return text
    .split(HIDDEN)
    .map((one, i) =>
      i % 2 === 0
        ? { text: one, hidden: false }
        : { text: `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`, hidden: true },
    )
    .filter((piece) => piece.text !== "");
}
