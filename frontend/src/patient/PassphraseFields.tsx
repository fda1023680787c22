/** A passphrase, typed twice. */
import { useState } from "react";
import { TextField } from "../design/TextField.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";

const MIN_CHARS = 16;

/** `onChange` gets the passphrase once it is long enough and typed twice the same; else null. */
export function PassphraseFields({ onChange }: { readonly onChange: (passphrase: string | null) => void }) {
  const t = useText();
  const format = useFormat();
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const tell = (one: string, two: string) => onChange([...one].length >= MIN_CHARS && one === two ? one : null);
  const isShort = first !== "" && [...first].length < MIN_CHARS && second !== "";
  return (
    <>
      <TextField
        label={t.session.passphrase}
        hint={t.session.passphraseShort({ count: format.number(MIN_CHARS) })}
        type="password"
        autoComplete="new-password"
        value={first}
        error={isShort ? t.session.passphraseShort({ count: format.number(MIN_CHARS) }) : null}
        onChange={(text) => {
          setFirst(text);
          tell(text, second);
        }}
      />
      <TextField
        label={t.session.passphraseAgain}
        type="password"
        autoComplete="new-password"
        value={second}
        error={second !== "" && first !== second ? t.session.passphrasesDiffer : null}
        onChange={(text) => {
          setSecond(text);
          tell(first, text);
        }}
      />
    </>
  );
}
