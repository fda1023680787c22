/** Rows of the same kind. On a phone each row is a card with the columns' names beside the values. */
import type { ReactNode } from "react";
import "./Table.css";

export type Column<R> = {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: R) => ReactNode;
  /** Figures: set to the right, one below the other. */
  readonly numeric?: boolean;
  /** Takes what room there is. */
  readonly wide?: boolean;
  /** For a column of buttons. */
  readonly titleHidden?: boolean;
};

type Props<R> = {
  /** What the table is of; read out. */
  readonly label: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly rowKey: (row: R) => string;
  /** Shown in place of a table without rows. */
  readonly empty?: ReactNode;
};

export function Table<R>({ label, columns, rows, rowKey, empty }: Props<R>) {
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  // The roles are told again: a browser forgets them where CSS shows rows as blocks.
  return (
    <div className="table-frame">
      {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
      <table className="table" role="table" aria-label={label}>
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <thead role="rowgroup">
          {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                // biome-ignore lint/a11y/noRedundantRoles: see above
                role="columnheader"
                data-numeric={column.numeric || undefined}
                data-wide={column.wide || undefined}
              >
                <span className={column.titleHidden ? "hidden-visually" : ""}>{column.title}</span>
              </th>
            ))}
          </tr>
        </thead>
        {/* biome-ignore lint/a11y/noRedundantRoles: see above */}
        <tbody role="rowgroup">
          {rows.map((row) => (
            // biome-ignore lint/a11y/noRedundantRoles: see above
            <tr key={rowKey(row)} role="row">
              {columns.map((column) => (
                // biome-ignore lint/a11y/noRedundantRoles: see above
                <td key={column.id} role="cell" data-numeric={column.numeric || undefined}>
                  {!column.titleHidden && (
                    <span className="table-cell-title" aria-hidden>
                      {column.title}
                    </span>
                  )}
                  <div className="table-cell">{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
