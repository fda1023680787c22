/** Text as it was written; what can't be seen in it is named. */
import { useMemo } from "react";
import { useText } from "../../i18n/text.ts";
import { pieces } from "./hidden.ts";

export function PlainText({ text }: { readonly text: string }) {
  const t = useText().viewers.text;
  const shown = useMemo(() => pieces(text), [text]);
  return (
    <>
      {shown.map((piece, i) =>
        piece.hidden ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one text never change places
          <mark key={i} className="hidden-character" title={t.hiddenCharacter}>
            {piece.text}
          </mark>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
