/** Names and values, one below the other. */
import type { ReactNode } from "react";
import "./DataList.css";

type Props = {
  readonly items: readonly { readonly term: string; readonly value: ReactNode }[];
  /** `rows`: name beside value; `columns`: name above value, several beside each other. */
  readonly layout?: "rows" | "columns";
};

export function DataList({ items, layout = "rows" }: Props) {
  return (
    <dl className="data-list" data-layout={layout}>
      {items.map(({ term, value }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
