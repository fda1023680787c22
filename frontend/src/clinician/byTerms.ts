import type { ConsentAnswered } from "../generated/api/types.gen.ts";

export type Terms = { readonly key: string; readonly first: ConsentAnswered; readonly codes: readonly string[] };

/** Puts grants of the same rights, purpose and end together; keeps the order in which each first came. */
export function byTerms(grants: readonly ConsentAnswered[]): readonly Terms[] {
  const groups = new Map<string, { key: string; first: ConsentAnswered; codes: string[] }>();
  for (const one of grants) {
    const key = [...one.effective.rights, one.purpose, one.effective.until_at].join(" ");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, first: one, codes: [one.category_code] });
    else group.codes.push(one.category_code);
  }
  return [...groups.values()];
}
