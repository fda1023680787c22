/** Times in words: how long ago, until when, and the whole date and time for whoever wants it. Unix seconds. */
import { useEffect, useState } from "react";
import { asDate, useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";

const MINUTE_MS = 60_000;

/** "3 days ago"; goes on by itself. */
export function TimeAgo({ at }: { readonly at: number }) {
  const format = useFormat();
  const [, setMinute] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setMinute((minute) => minute + 1), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={asDate(at).toISOString()} title={format.dateTime(at)}>
      {format.ago(at)}
    </time>
  );
}

/** "3 May 2026, 14:05" */
export function When({ at }: { readonly at: number }) {
  const format = useFormat();
  return <time dateTime={asDate(at).toISOString()}>{format.dateTime(at)}</time>;
}

/** The contracts' "no end": later than any date that a browser can show. */
const LATEST_S = 8_640_000_000_000;

/** "until 3 May, 12 days left", or "ended 3 May". */
export function Until({ at }: { readonly at: number }) {
  const format = useFormat();
  const t = useText();
  if (at > LATEST_S) return <span>{t.common.noEnd}</span>;
  const left = at - Date.now() / 1_000;
  const date = format.day(at);
  return (
    <time dateTime={asDate(at).toISOString()} title={format.dateTime(at)}>
      {left > 0 ? t.common.untilWithLeft({ date, left: format.left(at) }) : t.common.endedOn({ date })}
    </time>
  );
}
