/** What of the record is to be shown: kind, from whom, when, what is new, and words. */
import { useState } from "react";
import {
  Button as AriaButton,
  Disclosure as AriaDisclosure,
  DisclosurePanel,
  ToggleButton,
  ToggleButtonGroup,
} from "react-aria-components";
import { Button } from "../design/Button.tsx";
import { DateRangeField } from "../design/DateField.tsx";
import { Icon } from "../design/Icon.tsx";
import { SearchField } from "../design/SearchField.tsx";
import { Select } from "../design/Select.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Address } from "../node/types.ts";
import { categoryIcon, categoryName } from "./categories.ts";
import { isFiltered, NO_PARAMS, type Period, type ViewParams } from "./filterParams.ts";
import type { RecordIndex } from "./recordIndex.ts";
import type { People } from "./usePeople.ts";
import "./RecordFilters.css";

type Props = {
  readonly index: RecordIndex;
  readonly people: People;
  readonly view: ViewParams;
  readonly onChange: (changes: Partial<ViewParams>) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  /** How many are new since the last look; 0 leaves the choice out. */
  readonly newCount: number;
};

const ANYBODY = "anybody";

export function RecordFilters({ index, people, view, onChange, text, onText, newCount }: Props) {
  const t = useText();
  const words = t.record.filters;
  const format = useFormat();
  const [isOpen, setIsOpen] = useState(view.author !== null || view.period !== "any");
  const codes = [...index.categories].sort((a, b) => b[1] - a[1]);
  // A kind that was chosen and is not there any more can still be taken away.
  const all = [
    ...codes,
    ...view.categories.filter((code) => !index.categories.has(code)).map((code) => [code, 0] as const),
  ];
  const chooseDates = () => {
    const to = new Date();
    const today = new Date(to.getFullYear(), to.getMonth(), to.getDate());
    onChange({
      period: "dates",
      days: { from: new Date(today.getFullYear(), today.getMonth() - 1, today.getDate()), to: today },
    });
  };
  return (
    <search className="record-filters" aria-label={words.label}>
      <AriaDisclosure className="record-filters-head" isExpanded={isOpen} onExpandedChange={setIsOpen}>
        <div className="record-filters-row">
          <SearchField
            label={words.search}
            labelHidden
            placeholder={words.searchPlaceholder}
            value={text}
            onChange={onText}
          />
          <AriaButton slot="trigger" className="button" data-variant="secondary">
            <Icon name="filter" />
            <span>{words.more}</span>
          </AriaButton>
        </div>
        <DisclosurePanel className="record-filters-more">
          <Select
            label={words.source}
            options={[
              { id: ANYBODY, label: words.anySource },
              ...[...index.authors].map(([author, count]) => ({
                id: author,
                label: people.nameOf(author),
                hint: [people.institutionOf(author), t.record.shownAll({ total: format.number(count) })]
                  .filter((one) => one !== null)
                  .join(" · "),
              })),
            ]}
            value={view.author ?? ANYBODY}
            onChange={(author) => onChange({ author: author === ANYBODY ? null : (author as Address) })}
          />
          <Select<Period>
            label={words.time}
            options={[
              { id: "any", label: words.anyTime },
              { id: "30d", label: words.days30 },
              { id: "1y", label: words.year1 },
              { id: "3y", label: words.years3 },
              { id: "dates", label: words.dates },
            ]}
            value={view.period}
            onChange={(period) => (period === "dates" ? chooseDates() : onChange({ period, days: null }))}
          />
          {view.period === "dates" && (
            <DateRangeField
              label={words.between}
              value={view.days}
              onChange={(days) => onChange(days === null ? { period: "any", days } : { period: "dates", days })}
            />
          )}
        </DisclosurePanel>
      </AriaDisclosure>
      <div className="chips">
        <ToggleButtonGroup
          className="chips"
          aria-label={words.category}
          selectionMode="multiple"
          selectedKeys={view.categories}
          onSelectionChange={(keys) => onChange({ categories: [...keys].map(String) })}
        >
          {all.map(([code, count]) => (
            <ToggleButton key={code} id={code} className="chip">
              <Icon name={categoryIcon(code)} size={16} />
              {categoryName(t, code)}
              <span className="chip-count number">{format.number(count)}</span>
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        {(newCount > 0 || view.onlyNew) && (
          <ToggleButton className="chip" isSelected={view.onlyNew} onChange={(onlyNew) => onChange({ onlyNew })}>
            <Icon name="plus" size={16} />
            {words.onlyNew({ count: format.number(newCount) })}
          </ToggleButton>
        )}
        {(isFiltered(view) || text !== "") && (
          <Button
            variant="quiet"
            size="s"
            icon="cross"
            onPress={() => {
              onText("");
              onChange({ ...NO_PARAMS, tab: view.tab });
            }}
          >
            {words.clear}
          </Button>
        )}
      </div>
    </search>
  );
}
