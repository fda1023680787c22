/** Everything that a DICOM file says of itself, to be searched. */
import { useMemo, useState } from "react";
import { Button } from "../../design/Button.tsx";
import { SearchField } from "../../design/SearchField.tsx";
import { useText } from "../../i18n/text.ts";
import { PlainText } from "../text/PlainText.tsx";
import type { Tag } from "./image.ts";

const SHOWN_AT_ONCE = 100;

export function TagTable({ tags }: { readonly tags: readonly Tag[] }) {
  const t = useText();
  const [wanted, setWanted] = useState("");
  const [shown, setShown] = useState(SHOWN_AT_ONCE);
  const found = useMemo(() => tagsFound(tags, wanted), [tags, wanted]);
  return (
    <div className="stack-s">
      <SearchField label={t.viewers.dicom.searchTags} value={wanted} onChange={setWanted} />
      <p className="hidden-visually" aria-live="polite">
        {found.length === 0 ? t.common.nothingFound : ""}
      </p>
      {found.length === 0 ? (
        <p className="soft">{t.common.nothingFound}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section className="viewer-scroll" aria-label={t.viewers.dicom.tags} tabIndex={0}>
          <table className="viewer-table">
            <thead>
              <tr>
                <th scope="col">{t.viewers.dicom.tagName}</th>
                <th scope="col">{t.viewers.dicom.tagValue}</th>
                <th scope="col">{t.viewers.dicom.tag}</th>
              </tr>
            </thead>
            <tbody>
              {found.slice(0, shown).map((one, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: elements of one file never change places
                <tr key={i}>
                  <td style={{ paddingInlineStart: `calc(var(--space-3) + ${one.depth} * var(--space-4))` }}>
                    {one.name || "–"}
                  </td>
                  <td className="dicom-value">
                    <PlainText text={one.value} />
                  </td>
                  <td className="dicom-tag">
                    {one.tag} {one.vr}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {found.length > shown && (
        <div>
          <Button size="s" variant="quiet" onPress={() => setShown(shown * 4)}>
            {t.common.showMore}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Those of which name, number or value has every word that is looked for. */
export function tagsFound(tags: readonly Tag[], wanted: string): readonly Tag[] {
  const words = wanted
    .toLowerCase()
    .split(/\s+/)
    .filter((one) => one !== "");
  return words.length === 0
    ? tags
    : tags.filter(({ name, tag, value, vr }) => {
        const text = `${name} ${tag} ${tag.replace(/[(),]/g, "")} ${value} ${vr}`.toLowerCase();
        return words.every((word) => text.includes(word));
      });
}
