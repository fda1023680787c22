/** A number that can be typed; what is none changes nothing. */
import { useEffect, useState } from "react";
import { TextField } from "../../design/TextField.tsx";

type Props = {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly onChange: (value: number) => void;
};

export function NumberField({ label, value, min = Number.NEGATIVE_INFINITY, onChange }: Props) {
  const [text, setText] = useState("");
  useEffect(() => {
    // What is being typed ("-", "4.") stays as it is for as long as it means the same.
    setText((now) => (numberIn(now) === value ? now : String(Math.round(value * 100) / 100)));
  }, [value]);
  return (
    <TextField
      label={label}
      inputMode="decimal"
      value={text}
      onChange={(typed) => {
        setText(typed);
        const number = numberIn(typed);
        if (number !== null && number >= min) onChange(number);
      }}
    />
  );
}

function numberIn(text: string): number | null {
  const number = Number(text.trim().replace("−", "-").replace(",", "."));
  return text.trim() !== "" && Number.isFinite(number) ? number : null;
}
