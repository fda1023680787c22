/** What was mended, when and why. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Section } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Icon } from "../design/Icon.tsx";
import { TextLink } from "../design/LinkButton.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { When } from "../design/Times.tsx";
import { useText } from "../i18n/text.ts";
import type { Mending } from "../node/listMendings.ts";
import { entryKey } from "../record/recordIndex.ts";
import { useEntryTitles } from "./useEntryTitles.ts";
import { useMendings } from "./useOwnRecord.ts";
import { usePlaceNames } from "./usePlaceNames.ts";
import "./patient.css";

const ROWS_AT_FIRST = 10;

export function MendHistory() {
  const t = useText();
  const mendings = useMendings();
  const places = usePlaceNames();
  const [isWhole, setIsWhole] = useState(false);
  const titles = useEntryTitles();
  const what = ({ kind, role, store, from_location, to_location }: Mending) => {
    if (kind === "path")
      return t.care.mended.path({ from: places.ofLocation(from_location), to: places.ofLocation(to_location) });
    const where = places.ofStore(store);
    return role === null
      ? t.care.mended.copyWhole({ store: where })
      : t.care.mended.copy({ what: t.care.objects[role], store: where });
  };
  const items = mendings.data?.items ?? [];
  return (
    <Section title={t.care.historyTitle} text={t.care.historyText}>
      {mendings.isPending && <Skeleton lines={3} />}
      {mendings.isError && <ErrorNotice error={mendings.error} onRetry={() => void mendings.refetch()} />}
      {mendings.isSuccess && items.length === 0 && <p>{t.care.nothingMended}</p>}
      <ul className="plain-list">
        {items.slice(0, isWhole ? undefined : ROWS_AT_FIRST).map((mending) => {
          const key = entryKey({ sequence: mending.sequence, leafIndex: mending.leaf_index });
          return (
            <li key={`${mending.at}-${key}-${mending.kind}-${mending.role}-${mending.store}`}>
              <span className="row">
                <Icon name="mend" />
                <span className="plain-list-words">
                  <span>
                    {what(mending)}, {t.care.reasons[mending.reason]}
                  </span>
                  <TextLink href={`/record/${key}`}>{titles.get(key) ?? t.care.openEntry}</TextLink>
                </span>
              </span>
              <span className="soft small">
                <When at={mending.at} />
              </span>
            </li>
          );
        })}
      </ul>
      {!isWhole && items.length > ROWS_AT_FIRST && (
        <div>
          <Button onPress={() => setIsWhole(true)}>{t.common.showMore}</Button>
        </div>
      )}
    </Section>
  );
}
