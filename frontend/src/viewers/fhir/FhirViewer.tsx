/** Shows a file of FHIR JSON: a resource as facts and tables, a collection by kinds, measurements with earlier ones as charts. */
import { useCallback, useMemo } from "react";
import { Spinner } from "../../design/Spinner.tsx";
import { useText } from "../../i18n/text.ts";
import { CannotShow } from "../CannotShow.tsx";
import type { Sourced } from "../series/collectSeries.ts";
import type { Related, ViewerProps } from "../types.ts";
import { useLoaded } from "../useLoaded.ts";
import { Bundle } from "./Bundle.tsx";
import { withReferences } from "./bundle.ts";
import { useFhirContext } from "./context.ts";
import { Measurements } from "./Measurements.tsx";
import { type FhirFile, readFhir } from "./parseFhir.ts";
import { Resource } from "./Resource.tsx";
import { field } from "./read.ts";
import "./Fhir.css";

/** The name of what is shown among the points of a chart. */
const SELF = "self";
const RELATED_MAX = 500;
const RELATED_MAX_BYTES = 1_000_000;

export function FhirViewer({ blob, related, find }: ViewerProps) {
  const t = useText().viewers;
  const loaded = useLoaded(blob, readFhir);
  if (loaded === null) return <Spinner wide label={t.opening} />;
  if (loaded.trouble !== null) return <CannotShow trouble={loaded.trouble} />;
  return <Shown file={loaded.value} related={related} find={find} />;
}

type ShownProps = Pick<ViewerProps, "related" | "find"> & { readonly file: FhirFile };

function Shown({ file, related, find }: ShownProps) {
  const bare = useFhirContext(file.spelling, find);
  const context = useMemo(() => withReferences(file.resource, bare), [file, bare]);
  const type = field(file.resource, "resourceType");
  if (type === "Bundle") return <Bundle bundle={file.resource} context={context} />;
  return (
    <Resource resource={file.resource} context={context}>
      {type === "Observation" && related.length > 0 && (
        <Earlier file={file} related={related} title={context.t.overTime} />
      )}
    </Resource>
  );
}

type EarlierProps = { readonly file: FhirFile; readonly related: readonly Related[]; readonly title: string };

/** The measurement among others of the same kind that are open. */
function Earlier({ file, related, title }: EarlierProps) {
  const load = useCallback(
    async (others: readonly Related[]): Promise<readonly Sourced[]> => [
      { resource: file.resource, source: SELF },
      ...(await Promise.all(others.map(measuredIn))).flatMap((one, i) =>
        one === null ? [] : [{ resource: one, source: String(i) }],
      ),
    ],
    [file],
  );
  const loaded = useLoaded(related, load);
  return loaded?.value ? <Measurements sourced={loaded.value} title={title} holding={SELF} /> : null;
}

/** Another entry's resource; null where it holds no measurement, or can't be read: a chart does without it. */
async function measuredIn({ blob, descriptor }: Related, at: number): Promise<unknown> {
  const isMeasured = descriptor.fhirType === "Observation" || descriptor.fhirType === "Bundle";
  if (blob === undefined || !isMeasured || at >= RELATED_MAX || blob.size > RELATED_MAX_BYTES) return null;
  try {
    return (await readFhir(blob)).resource;
  } catch {
    return null;
  }
}
