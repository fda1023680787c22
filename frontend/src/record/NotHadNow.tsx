/** Says that some entries could not be had, and gets the list again. */
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { ListedRecord } from "../node/types.ts";
import { countPassing } from "./passing.ts";

type Props = { readonly records: readonly ListedRecord[]; readonly onListAgain: () => void };

export function NotHadNow({ records, onListAgain }: Props) {
  const t = useText();
  const format = useFormat();
  const count = countPassing(records);
  if (count === 0) return null;
  return (
    <Callout
      tone="caution"
      title={t.record.notHadNow({ count: format.number(count) })}
      action={
        <Button size="s" icon="refresh" onPress={onListAgain}>
          {t.common.retry}
        </Button>
      }
    />
  );
}
