/** What can't be mended now, each with its reason; in the node's own words where this page has none. */
import { useText } from "../i18n/text.ts";
import { Lines } from "./Lines.tsx";
import { recordWords, roleWords } from "./recordWords.ts";
import { readCannot } from "./stepWords.ts";

export function CannotList({ lines }: { readonly lines: readonly string[] }) {
  const t = useText();
  const words = t.institution.mending.cannotWhy;
  return (
    <Lines
      lines={lines.map((line) => {
        const read = readCannot(line);
        if (read === null) return { id: line, text: line };
        return {
          id: line,
          text: `${recordWords(t, read.record)} (${roleWords(t, read.role)})`,
          small: read.why.map((why) => words[why]).join("; "),
        };
      })}
    />
  );
}
