/** A collection of resources: what was measured over time, then everything by its kind. */
import { useMemo, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { Callout } from "../../design/Callout.tsx";
import { Badge } from "../../design/StatusPill.tsx";
import { More } from "../More.tsx";
import { PlainText } from "../text/PlainText.tsx";
import { type Group, groupsOf } from "./bundle.ts";
import type { Context } from "./context.ts";
import { dateOf, describe, titleOf } from "./describe.ts";
import { Measurements } from "./Measurements.tsx";
import { Resource } from "./Resource.tsx";
import type { JsonObject } from "./read.ts";
import { Tree } from "./Tree.tsx";

const SHOWN_AT_ONCE = 6;

type Props = { readonly bundle: JsonObject; readonly context: Context };

export function Bundle({ bundle, context }: Props) {
  const { t } = context;
  const { groups, unreadable } = useMemo(() => groupsOf(bundle, context), [bundle, context]);
  const count = groups.reduce((sum, group) => sum + group.resources.length, unreadable);
  const sourced = useMemo(() => [{ resource: bundle, source: "" }], [bundle]);
  return (
    <div className="fhir stack">
      <div>
        <p className="small soft">{t.entries({ count: context.number(count) })}</p>
        <h3 className="fhir-title">
          <PlainText text={titleOf(bundle, context)} />
        </h3>
      </div>
      {count === 0 && <p className="soft">{t.noEntries}</p>}
      {unreadable > 0 && <Callout tone="caution">{t.unreadable}</Callout>}
      <Measurements sourced={sourced} title={t.measurements} />
      {groups.map((group) => (
        <Kind key={group.type} group={group} context={context} />
      ))}
      <More title={t.everything}>{() => <Tree value={bundle} context={context} />}</More>
    </div>
  );
}

function Kind({ group, context }: { readonly group: Group; readonly context: Context }) {
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const left = group.resources.length - shown;
  return (
    <section className="fhir-kind" aria-label={group.name}>
      <h4 className="row">
        {group.name} <Badge>{context.number(group.resources.length)}</Badge>
      </h4>
      {group.resources.slice(0, shown).map((resource, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries of one collection never change places
        <More key={i} title={<Line resource={resource} context={context} />}>
          {() => <Resource resource={resource} context={context} headless />}
        </More>
      ))}
      {left > 0 && (
        <Button size="s" variant="quiet" onPress={() => setShown(shown * 4)}>
          {context.t.moreValues({ count: context.number(Math.min(left, shown * 3)) })}
        </Button>
      )}
    </section>
  );
}

/** An entry in a line: what, its value, when. */
function Line({ resource, context }: { readonly resource: JsonObject; readonly context: Context }) {
  const { title, value, status } = useMemo(() => describe(resource, context), [resource, context]);
  const date = dateOf(resource, context);
  const isWrong = status?.tone === "bad" ? status.text : null;
  return (
    <span className="fhir-entry">
      <PlainText text={value === null ? title : `${title}: ${value.text}`} />
      <span className="soft small">{[date, isWrong].filter((one) => one !== null).join(" · ")}</span>
    </span>
  );
}
