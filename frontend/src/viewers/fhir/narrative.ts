/**
 * A resource's narrative as plain text. It is a stranger's markup: it is never parsed as HTML, its tags are cut out.
 *
 * No pattern here looks at any character more than a few times: a tag ends at the next angle bracket of either kind, and
 * lines are trimmed one by one. Whoever writes a narrative could stop the page otherwise.
 */
const BREAKS = /<(?:br|\/p|\/div|\/tr|\/li|\/h[1-6]|\/table|\/thead|\/tbody)\b[^<>]*>/gi;
const CELLS = /<\/(?:td|th)\b[^<>]*>/gi;
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const CHARS_MAX = 200_000;

export function narrativeText(div: string): string {
  return div
    .slice(0, CHARS_MAX)
    .replace(/\s+/g, " ")
    .replace(BREAKS, "\n")
    .replace(CELLS, "  ")
    .replace(/<[^<>]*>?/g, "")
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi,
      (whole, decimal?: string, hex?: string, name?: string) => entity(whole, decimal, hex, name),
    )
    .split("\n")
    .map((line) => line.trim())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function entity(whole: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return Object.hasOwn(NAMED, name) ? (NAMED[name] ?? whole) : whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
}
