/** The words of a value, one below the other; those that mean an entry lead to it. */
import type { MouseEvent } from "react";
import { PlainText } from "../text/PlainText.tsx";
import type { FoundEntry } from "../types.ts";
import type { Line } from "./values.ts";

/** Longer text is for a copy that is saved. */
const LINE_MAX_CHARS = 20_000;

export function Lines({ lines }: { readonly lines: readonly Line[] }) {
  const [only, ...others] = lines;
  if (only === undefined) return null;
  if (others.length === 0) {
    return (
      <div className="fhir-line">
        <Words line={only} />
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/noRedundantRoles: without its marks it is no list to some screen readers
    <ul className="fhir-lines" role="list">
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one value never change places
        <li key={i} className="fhir-line">
          <Words line={line} />
        </li>
      ))}
    </ul>
  );
}

function Words({ line }: { readonly line: Line }) {
  const text = typeof line === "string" ? line : line.text;
  const plain = <PlainText text={text.length > LINE_MAX_CHARS ? `${text.slice(0, LINE_MAX_CHARS)}…` : text} />;
  if (typeof line === "string") return plain;
  const { entry } = line;
  return (
    <>
      <a className="text-link" href={entry.href} onClick={(event) => follow(event, entry)}>
        {plain}
      </a>
      {entry.from !== null && (
        <>
          {" "}
          <span className="soft small">
            <PlainText text={entry.from} />
          </span>
        </>
      )}
    </>
  );
}

function follow(event: MouseEvent, { open }: FoundEntry): void {
  // A new tab or window is the browser's own thing.
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  open();
}
