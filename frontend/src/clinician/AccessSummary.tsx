/** What this patient allows: in words, for what and until when. Grants of the same terms stand together. */
import { Fragment } from "react";
import { Card } from "../design/Card.tsx";
import { Until } from "../design/Times.tsx";
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryName } from "../record/categories.ts";
import { byTerms } from "./byTerms.ts";
import "./AccessSummary.css";

export function AccessSummary({ grants }: { readonly grants: readonly ConsentAnswered[] }) {
  const t = useText();
  const format = useFormat();
  const purposes: Readonly<Record<string, string>> = t.words.purposes;
  return (
    <Card title={t.record.reader.yourAccess} icon="key" level={2}>
      <dl className="access-summary">
        {byTerms(grants).map(({ key, first, codes }) => (
          <Fragment key={key}>
            <dt>{format.list(codes.map((code) => categoryName(t, code)))}</dt>
            <dd className="soft">
              <span>{format.list(first.effective.rights.map((right) => t.words.rights[right]))}</span>
              <span>{Object.hasOwn(purposes, first.purpose) ? purposes[first.purpose] : first.purpose}</span>
              <Until at={first.effective.until_at} />
            </dd>
          </Fragment>
        ))}
      </dl>
    </Card>
  );
}
