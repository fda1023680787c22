/** References to other resources: in words, and with the entry that they mean where it is among those that are shown. */
import type { FoundEntry } from "../types.ts";
import type { Context } from "./context.ts";
import { typeName } from "./labels.ts";
import { field, type JsonObject, objectOf, textOf } from "./read.ts";

/** `Observation/1`, its versions, and a search that names its type. */
const TYPED = /(?:^|\/)([A-Z][A-Za-z]+)(?:\/[^/?]+(?:\/_history\/[^/]+)?|\?.*)$/;

/** What is said of it by its author counts as it is; then the title of what it means, then what is known of that. */
export function referenceText(value: JsonObject, context: Context): string {
  return knownText(value, context) ?? wordsOf(value, context, context.t.notShown);
}

/**
 * The same as another's title: that what it means is not among the entries has no place in a heading, and neither have the words
 * of somebody else than its author.
 */
export function referenceTitle(value: JsonObject, context: Context): string {
  const found = entryOf(value, context);
  const isOthers = found !== null && found.from !== null && textOf(value.display) === null;
  return (isOthers ? null : knownText(value, context)) ?? wordsOf(value, context, ({ what }) => what);
}

/** The entry that a reference means; null where it means none that is shown, or a part of the same file. */
export function entryOf(value: unknown, context: Context): FoundEntry | null {
  const reference = textOf(field(objectOf(value), "reference"));
  return reference === null || context.resolve(reference) !== null ? null : context.find(reference);
}

function knownText(value: JsonObject, context: Context): string | null {
  const reference = textOf(value.reference);
  const display = textOf(value.display);
  if (display !== null || reference === null) return display;
  return context.resolve(reference) ?? context.find(reference)?.title ?? null;
}

function wordsOf(value: JsonObject, { t }: Context, notShown: (x: { what: string }) => string): string {
  const reference = textOf(value.reference);
  const type = textOf(value.type) ?? TYPED.exec(reference ?? "")?.[1];
  const number = textOf(field(value.identifier, "value"));
  if (type === null || type === undefined) return number ?? t.anotherEntry;
  const words = typeName(type, t);
  if (number !== null) return `${words} ${number}`;
  // Whose record it is stands above everything: that it is not among the entries would only puzzle.
  return reference === null || type === "Patient" ? words : notShown({ what: words });
}
