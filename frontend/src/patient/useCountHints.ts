/** What is said below a part of the record: what it is about, and how many entries it has now. */
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryHint } from "../record/categories.ts";
import { useCategoryCounts } from "./useOwnRecord.ts";

export function useCountHints(): (code: string) => string {
  const t = useText();
  const format = useFormat();
  const counts = useCategoryCounts();
  return (code) => {
    const count = counts.get(code) ?? 0;
    const now = count === 0 ? t.sharing.noEntries : t.sharing.entriesCount({ count: format.number(count) });
    const hint = categoryHint(t, code);
    return hint === undefined ? now : `${hint} · ${now}`;
  };
}
