/** What a ComboBox remembers of what was chosen: its words stay known when it is among the options no more. */
import type { Option } from "./Option.tsx";

export type Choice<K extends string> = { readonly id: K | null; readonly label: string };

export function choiceOf<K extends string>(options: readonly Option<K>[], id: K | null): Choice<K> {
  return { id, label: options.find((option) => option.id === id)?.label ?? "" };
}

/** What stands in the field when something else is chosen from outside: its words, and nothing where nothing is. */
export function textAfter(typed: string, before: Choice<string>, now: Choice<string>): string {
  if (now.id !== null) return now.label === "" ? typed : now.label;
  return typed === before.label ? "" : typed;
}
