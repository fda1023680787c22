/** What is in a Bundle: its resources, grouped by type, and what their references to each other mean. */
import type { Context } from "./context.ts";
import { titleOf } from "./describe.ts";
import { typeName } from "./labels.ts";
import { field, type JsonObject, listOf, objectOf, textOf } from "./read.ts";

export type Group = {
  readonly type: string;
  readonly name: string;
  readonly resources: readonly JsonObject[];
};

/** What is read first comes first; the other types follow by number. */
const FIRST = ["Composition", "Patient", "Condition", "AllergyIntolerance", "MedicationRequest", "MedicationStatement"];

/** Entries without a resource are counted, so that none vanishes. */
export function groupsOf(bundle: JsonObject, context: Context): { groups: readonly Group[]; unreadable: number } {
  const byType = new Map<string, JsonObject[]>();
  let unreadable = 0;
  for (const entry of listOf(field(bundle, "entry"))) {
    const resource = objectOf(field(entry, "resource"));
    const type = textOf(field(resource, "resourceType"));
    if (resource === null || type === null) {
      unreadable += 1;
      continue;
    }
    const group = byType.get(type) ?? [];
    byType.set(type, group);
    group.push(resource);
  }
  const groups = [...byType].map(([type, resources]) => ({ type, name: typeName(type, context.t), resources }));
  const rank = ({ type }: Group) => (FIRST.includes(type) ? FIRST.indexOf(type) : FIRST.length);
  return { groups: groups.sort((a, b) => rank(a) - rank(b) || b.resources.length - a.resources.length), unreadable };
}

/** Finds titles of what is referred to: contained resources, and entries of the same Bundle by `fullUrl` or type and id. */
export function withReferences(root: JsonObject, context: Context): Context {
  const found = new Map<string, JsonObject>();
  const take = (resource: unknown, fullUrl: unknown) => {
    const object = objectOf(resource);
    if (object === null) return;
    const id = textOf(object.id);
    if (id !== null) found.set(`${textOf(object.resourceType) ?? ""}/${id}`, object);
    const url = textOf(fullUrl);
    if (url !== null) found.set(url, object);
    for (const one of listOf(object.contained)) {
      const contained = objectOf(one);
      const name = textOf(field(contained, "id"));
      if (contained !== null && name !== null) found.set(`#${name}`, contained);
    }
  };
  take(root, null);
  for (const entry of listOf(field(root, "entry"))) take(field(entry, "resource"), field(entry, "fullUrl"));
  return {
    ...context,
    resolve: (reference) => {
      const resource = found.get(reference.replace(/\/_history\/[^/]*$/, ""));
      // Its title may be a reference again: that one is not followed, since it could lead back.
      return resource === undefined ? null : titleOf(resource, context);
    },
  };
}
