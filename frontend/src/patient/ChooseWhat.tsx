/** The second choice: which parts of the record, and what may be done with them. */

import type { RightName } from "../core/typedData/consent.ts";
import { Button } from "../design/Button.tsx";
import { CheckboxGroup } from "../design/Checkbox.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { categoryHint, categoryName } from "../record/categories.ts";
import { useCategoryCounts } from "./useOwnRecord.ts";

type Props = {
  /** Codes that may be chosen. */
  readonly offered: readonly string[];
  readonly categories: readonly string[];
  readonly onCategories: (codes: string[]) => void;
  readonly offeredRights: readonly RightName[];
  readonly rights: readonly RightName[];
  readonly onRights: (rights: RightName[]) => void;
};

export function ChooseWhat({ offered, categories, onCategories, offeredRights, rights, onRights }: Props) {
  const t = useText();
  const format = useFormat();
  const counts = useCategoryCounts();
  const isAll = categories.length === offered.length;
  const options = offered.map((code) => {
    const count = counts.get(code) ?? 0;
    const now = count === 0 ? t.sharing.noEntries : t.sharing.entriesCount({ count: format.number(count) });
    const hint = categoryHint(t, code);
    return { id: code, label: categoryName(t, code), hint: hint === undefined ? now : `${hint} · ${now}` };
  });
  return (
    <div className="stack">
      <div className="stack-s">
        <CheckboxGroup
          label={t.sharing.what}
          hint={t.sharing.whatHint}
          options={options}
          value={categories}
          onChange={onCategories}
          columns={2}
        />
        <div>
          <Button size="s" variant="quiet" onPress={() => onCategories(isAll ? [] : [...offered])}>
            {isAll ? t.sharing.none : t.sharing.all}
          </Button>
        </div>
      </div>
      <CheckboxGroup
        label={t.sharing.may}
        options={offeredRights.map((right) => ({
          id: right,
          label: t.words.rights[right],
          hint: t.words.rightsHints[right],
        }))}
        value={rights}
        onChange={onRights}
      />
    </div>
  );
}
