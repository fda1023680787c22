/** Comma-separated values (RFC 4180; semicolons and tabs too) → rows of cells. Total: every text is some table. */
const DELIMITERS = [",", ";", "\t"] as const;
const LOOKED_AT_CHARS = 4_096;

export type Csv = {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly total: number;
  /** Of the widest row, kept or not. */
  readonly columns: number;
};

/** @param maxRows how many rows are kept, and of each how many cells; `total` counts all of them, the header not. */
export function readCsv(text: string, maxRows: number, maxColumns: number): Csv {
  const delimiter = delimiterOf(text);
  const rows: string[][] = [];
  let total = 0;
  let columns = 0;
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const [cell, end] = cellAt(text, at, delimiter);
    row.push(cell);
    if (text[end] === delimiter) {
      at = end + 1;
      if (at < text.length) continue;
      row.push("");
    }
    at = text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1;
    if (row.length > 1 || row[0] !== "") {
      total += 1;
      columns = Math.max(columns, row.length);
      if (rows.length <= maxRows) rows.push(row.slice(0, maxColumns));
    }
    row = [];
  }
  return { header: rows[0] ?? [], rows: rows.slice(1), total: Math.max(0, total - 1), columns };
}

function cellAt(text: string, start: number, delimiter: string): readonly [cell: string, end: number] {
  if (text[start] !== '"') return plainAt(text, start, delimiter);
  let end = start + 1;
  for (; end < text.length; end += 1) {
    if (text[end] !== '"') continue;
    if (text[end + 1] !== '"') break;
    end += 1;
  }
  const quoted = text.slice(start + 1, end).replaceAll('""', '"');
  // What stands between the closing quote and the next delimiter is kept as well.
  const [after, next] = plainAt(text, end + 1, delimiter);
  return [quoted + after, next];
}

function plainAt(text: string, start: number, delimiter: string): readonly [cell: string, end: number] {
  let end = Math.min(start, text.length);
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return [text.slice(start, end), end];
}

/** The one of which the beginning has most. */
function delimiterOf(text: string): string {
  const beginning = text.slice(0, LOOKED_AT_CHARS);
  const counts = DELIMITERS.map((one) => beginning.split(one).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}
