/** Comma-separated values as the table that they are. */
import { useMemo } from "react";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/text.ts";
import { PlainText } from "./PlainText.tsx";
import { readCsv } from "./readCsv.ts";

const ROWS_MAX = 500;
/** Of the widest row; with the rows it bounds what the page has to lay out. */
const COLUMNS_MAX = 60;

export function CsvTable({ text, title }: { readonly text: string; readonly title: string }) {
  const t = useText().viewers.text;
  const format = useFormat();
  const { header, rows, total, columns } = useMemo(() => readCsv(text, ROWS_MAX, COLUMNS_MAX), [text]);
  return (
    <div className="stack-s">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="viewer-scroll" aria-label={title} tabIndex={0}>
        <table className="viewer-table">
          <thead>
            <tr>
              {header.map((name, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns never change places
                <th key={i} scope="col">
                  <PlainText text={name} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows never change places
              <tr key={i}>
                {row.map((cell, j) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells never change places
                  <td key={j}>
                    <PlainText text={cell} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {total > rows.length && (
        <p className="small soft">{t.someRows({ shown: format.number(rows.length), total: format.number(total) })}</p>
      )}
      {columns > COLUMNS_MAX && (
        <p className="small soft">
          {t.someColumns({ shown: format.number(COLUMNS_MAX), total: format.number(columns) })}
        </p>
      )}
    </div>
  );
}
