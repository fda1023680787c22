/** Everything in a resource, as it was written. Parts are made when they are opened, so that depth and length cost nothing. */
import { useState } from "react";
import { Button } from "../../design/Button.tsx";
import { PlainText } from "../text/PlainText.tsx";
import type { Context } from "./context.ts";
import { labelOf } from "./labels.ts";

const SHOWN_AT_ONCE = 50;
const TEXT_MAX_CHARS = 2_000;

type Props = {
  readonly value: object;
  readonly context: Context;
};

export function Tree({ value, context }: Props) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const entries = Object.entries(value);
  const left = entries.length - shown;
  return (
    <ul className="fhir-tree">
      {entries.slice(0, shown).map(([key, one]) => (
        <li key={key}>
          <Branch name={key} value={one} holder={value} context={context} />
        </li>
      ))}
      {left > 0 && (
        <li>
          <Button size="s" variant="quiet" onPress={() => setShown(shown * 4)}>
            {context.t.moreValues({ count: context.number(Math.min(left, shown * 3)) })}
          </Button>
        </li>
      )}
    </ul>
  );
}

type BranchProps = {
  readonly name: string;
  readonly value: unknown;
  readonly holder: object;
  readonly context: Context;
};

function Branch({ name, value, holder, context }: BranchProps) {
  const [isOpen, setOpen] = useState(false);
  const label = Array.isArray(holder) ? `${Number(name) + 1}` : labelOf(name, context.t);
  if (typeof value !== "object" || value === null) {
    return (
      <span className="fhir-leaf">
        <span className="soft" title={name}>
          {label}
        </span>{" "}
        <Leaf text={context.spelling(holder, name) ?? String(value)} />
      </span>
    );
  }
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary title={name}>
        {label} <span className="soft">{sizeText(value, context)}</span>
      </summary>
      {isOpen && <Tree value={value} context={context} />}
    </details>
  );
}

function Leaf({ text }: { readonly text: string }) {
  return <PlainText text={text.length > TEXT_MAX_CHARS ? `${text.slice(0, TEXT_MAX_CHARS)}…` : text} />;
}

function sizeText(value: object, context: Context): string {
  return Array.isArray(value) ? `(${context.number(value.length)})` : "";
}
