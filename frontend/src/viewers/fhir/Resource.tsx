/** One FHIR resource as people read it. */
import { type ReactNode, useMemo } from "react";
import { Callout } from "../../design/Callout.tsx";
import { DataList } from "../../design/DataList.tsx";
import { StatusPill } from "../../design/StatusPill.tsx";
import { Table } from "../../design/Table.tsx";
import { More } from "../More.tsx";
import { PlainText } from "../text/PlainText.tsx";
import type { Context } from "./context.ts";
import { describe } from "./describe.ts";
import { EmbeddedFile } from "./EmbeddedFile.tsx";
import { Lines } from "./Lines.tsx";
import { narrativeText } from "./narrative.ts";
import { OutsidePill } from "./OutsidePill.tsx";
import { field, type JsonObject, textOf } from "./read.ts";
import { Tree } from "./Tree.tsx";
import type { Cell } from "./tables.ts";

type Props = {
  readonly resource: JsonObject;
  readonly context: Context;
  /** Without a heading where one stands above it already. */
  readonly headless?: boolean;
  /** What else belongs to it: a chart. */
  readonly children?: ReactNode;
};

export function Resource({ resource, context, headless = false, children }: Props) {
  const { t } = context;
  const view = useMemo(() => describe(resource, context), [resource, context]);
  const narrative = useMemo(() => narrativeText(textOf(field(field(resource, "text"), "div")) ?? ""), [resource]);
  return (
    <div className="fhir stack">
      {!headless && (
        <div className="row-spread">
          <div>
            <p className="small soft">{[view.typeName, view.date].filter((one) => one !== null).join(" · ")}</p>
            <h3 className="fhir-title">
              <PlainText text={view.title} />
            </h3>
          </div>
          {view.status !== null && <StatusPill tone={view.status.tone}>{view.status.text}</StatusPill>}
        </div>
      )}
      {view.warnings.map((one) => (
        <Callout key={one} tone={one === "enteredInError" ? "bad" : "caution"} title={t[one].title}>
          <p>{t[one].text}</p>
        </Callout>
      ))}
      {view.value !== null && (
        <p className="fhir-value">
          <span className="fhir-number">
            <PlainText text={view.value.text} />
          </span>
          {view.value.outside !== null && <OutsidePill outside={view.value.outside} t={t} />}
        </p>
      )}
      {view.facts.length > 0 && (
        <DataList items={view.facts.map(({ label, lines }) => ({ term: label, value: <Lines lines={lines} /> }))} />
      )}
      {view.tables.map((table) => (
        <section key={table.key} className="stack-s" aria-label={table.title}>
          <h4>{table.title}</h4>
          <Table
            label={table.title}
            columns={table.columns.map((column, at) => ({
              id: column.id,
              title: column.title,
              cell: ({ row }: { readonly row: readonly Cell[] }) => {
                const cell = row[at];
                return (
                  <>
                    {cell === undefined || cell.lines.length === 0 ? "–" : <Lines lines={cell.lines} />}
                    {cell !== undefined && cell.outside !== null && <OutsidePill outside={cell.outside} t={t} />}
                  </>
                );
              },
            }))}
            rows={table.rows.map((row, id) => ({ row, id }))}
            rowKey={({ id }) => String(id)}
          />
        </section>
      ))}
      {children}
      {view.embedded.map((file, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: files of one resource never change places
        <EmbeddedFile key={i} file={file} t={t} />
      ))}
      {narrative !== "" && (
        <More title={t.narrative}>
          {() => (
            <pre className="viewer-text fhir-narrative">
              <PlainText text={narrative} />
            </pre>
          )}
        </More>
      )}
      <More title={t.everything}>
        {() => (
          <>
            {view.hasMore && <p className="small soft">{t.everythingHint}</p>}
            <Tree value={resource} context={context} />
          </>
        )}
      </More>
    </div>
  );
}
