/** Steps, one a line with a small word beside it; the first of many, and the others on demand. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { useText } from "../i18n/text.ts";
import "./institution.css";

const FIRST_COUNT = 20;

export type Line = { readonly id: string; readonly text: string; readonly small?: string };

export function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const t = useText();
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? lines : lines.slice(0, FIRST_COUNT);
  return (
    <div className="stack-s">
      <ul className="steps-list">
        {shown.map((line) => (
          <li key={line.id}>
            {line.text}
            {line.small !== undefined && <span className="soft"> · {line.small}</span>}
          </li>
        ))}
      </ul>
      {shown.length < lines.length && (
        <div className="row">
          <Button size="s" variant="quiet" onPress={() => setIsWhole(true)}>
            {t.common.showMore}
          </Button>
        </div>
      )}
    </div>
  );
}
