/**
 * The entry that a reference inside of another one means. Files are split when they are added, and each resource is an entry of
 * its own: it is found by its type and id (the name of its file), or by the address that was kept for it.
 */
import { URI_SYSTEM } from "../core/intake/fhirDescribe.ts";
import type { ListedRecord } from "../node/types.ts";

const VERSION = /\/_history\/[^/]*$/;
const TYPED = /(?:^|\/)([A-Z][A-Za-z]{0,63})\/([A-Za-z0-9\-.]{1,64})$/;
const URN = /^urn:[a-z0-9-]+:([A-Za-z0-9\-.]{1,64})$/;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The one that was added together with `from`, else the only one of that name in the world: of the same author first. Null where
 * it can't be told which is meant: another result under a report would be worse than no link.
 */
export function referredEntry(
  records: readonly ListedRecord[],
  from: ListedRecord,
  reference: string,
): ListedRecord | null {
  const means = meaning(reference.replace(VERSION, ""));
  const found = records.filter(
    (one) =>
      one.patient === from.patient &&
      !(one.sequence === from.sequence && one.leafIndex === from.leafIndex) &&
      means(one) !== null,
  );
  const together = found.filter((one) => one.sequence === from.sequence);
  // Numbers like `Observation/1` are given out by everybody, and anew in each file: what is not one in the world is not looked for
  // outside of what came together.
  const anywhere = found.filter((one) => means(one) === "worldwide");
  const byAuthor = anywhere.filter((one) => one.author === from.author);
  const [first, ...others] = [together, byAuthor, anywhere].find((group) => group.length > 0) ?? [];
  return first === undefined || others.length > 0 ? null : first;
}

type Meaning = (record: ListedRecord) => "worldwide" | "local" | null;

function meaning(reference: string): Meaning {
  const [, type, typedId] = TYPED.exec(reference) ?? [];
  const id = typedId ?? URN.exec(reference)?.[1];
  const reach = id !== undefined && UUID.test(id) ? "worldwide" : "local";
  return ({ descriptor }) => {
    if (descriptor === null || descriptor.fhirType === null) return null;
    const { fhirType, fileName, codes } = descriptor;
    if (id !== undefined && (type ?? fhirType) === fhirType && fileName === `${fhirType}-${id}.json`) return reach;
    const isKept = codes.some(({ system, code }) => system === URI_SYSTEM && code === reference);
    return isKept ? (ABSOLUTE.test(reference) ? "worldwide" : "local") : null;
  };
}
