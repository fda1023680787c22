/** Tables as RFC 4180, safe to open in a spreadsheet. */

/** What a spreadsheet would take for a formula, or what hides one: those get an apostrophe before them, and stay text. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠|%]/u;
const NEEDS_QUOTES = /[",\r\n;\t]/;

export function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) || text !== value ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With a byte order mark: spreadsheets take it for Latin-1 else. */
export function csvOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${[head, ...rows].map((row) => `${row.map(csvCell).join(",")}\r\n`).join("")}`;
}
