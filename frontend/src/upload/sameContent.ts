/** Finds what is there twice, by content: names say nothing. */
import { toHex } from "../core/bytes.ts";
import type { Row } from "./rows.ts";

const WHOLE_MAX_BYTES = 32 * 1024 ** 2;
const SAMPLE_BYTES = 1024 ** 2;

/**
 * The rows, later ones with the content of an earlier one marked and left out until the person wants them.
 *
 * Of what is larger than 32 MiB, size, beginning and end are compared.
 */
export async function markSame(before: readonly Row[], added: readonly Row[]): Promise<Row[]> {
  const sizes = new Map<number, number>();
  for (const { item } of [...before, ...added]) {
    sizes.set(item.content.size, (sizes.get(item.content.size) ?? 0) + 1);
  }
  const seen = new Map<string, Row>();
  const isAlone = ({ item }: Row) => sizes.get(item.content.size) === 1;
  for (const row of before) {
    if (isAlone(row)) continue;
    const print = await fingerprint(row.item.content);
    if (!seen.has(print)) seen.set(print, row);
  }
  const marked: Row[] = [];
  for (const row of added) {
    if (isAlone(row)) {
      marked.push(row);
      continue;
    }
    const print = await fingerprint(row.item.content);
    const first = seen.get(print);
    if (first === undefined) seen.set(print, row);
    marked.push(first === undefined ? row : { ...row, sameAs: first.item, isWanted: false });
  }
  return [...before, ...marked];
}

async function fingerprint(content: Blob): Promise<string> {
  const parts =
    content.size <= WHOLE_MAX_BYTES
      ? content
      : new Blob([content.slice(0, SAMPLE_BYTES), content.slice(content.size - SAMPLE_BYTES)]);
  const digest = await crypto.subtle.digest("SHA-256", await parts.arrayBuffer());
  return `${content.size} ${toHex(new Uint8Array(digest))}`;
}
