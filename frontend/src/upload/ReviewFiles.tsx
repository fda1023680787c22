/** Files in, looked through, and then on their way: the part of the page before anything is sealed. */
import { useId, useState } from "react";
import { LIMITS } from "../core/limits.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { FileDrop } from "../design/FileDrop.tsx";
import { ProgressBar } from "../design/ProgressBar.tsx";
import { ChoiceCards } from "../design/RadioGroup.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { shownTitle } from "../record/entryTitle.ts";
import { RefusedFiles } from "./RefusedFiles.tsx";
import { CategorySelect, RowDialog } from "./RowDialog.tsx";
import { RowList } from "./RowList.tsx";
import { type Row, readyRows, rowState, totalBytes, unplacedRows } from "./rows.ts";
import { someTitles } from "./someTitles.ts";
import type { Review } from "./useReview.ts";

type Props = {
  readonly review: Review;
  readonly writable: readonly string[];
  /** Only the patient can keep an entry to themself. */
  readonly isOwn: boolean;
  readonly isPrivate: boolean;
  readonly onPrivate: (isPrivate: boolean) => void;
  /** How many an unfinished upload has, where this goes on with one. */
  readonly wantedCount: number | null;
  readonly onStart: (rows: readonly Row[]) => void;
};

export function ReviewFiles({ review, writable, isOwn, isPrivate, onPrivate, wantedCount, onStart }: Props) {
  const t = useText();
  const clinical = useClinical();
  const format = useFormat();
  const [changing, setChanging] = useState<Row | null>(null);
  const { rows, reading } = review;
  const allowed = new Set(writable);
  const ready = readyRows(rows, allowed, LIMITS.uploadMaxRecords);
  const rest = readyRows(rows, allowed, rows.length).length - ready.length;
  const unplaced = unplacedRows(rows);
  const refused = rows.filter((row) => rowState(row, allowed) === "not_allowed");
  const reasonId = useId();
  const titles = (of: readonly Row[]) =>
    someTitles(
      t,
      format,
      of.map(({ item }) => shownTitle(clinical, item)),
    );
  const count = format.number(ready.length);
  const isOtherCount = wantedCount !== null && ready.length !== wantedCount;
  const size = format.bytes(totalBytes(ready));
  return (
    <div className="stack-l">
      <div className="stack">
        <FileDrop
          label={rows.length === 0 ? t.upload.dropLabel : t.upload.dropMore}
          hint={t.upload.dropHint({ size: format.bytesAtMost(LIMITS.payloadMaxBytes) })}
          folderLabel={t.upload.chooseFolder}
          onFiles={review.add}
          isDisabled={reading !== null}
        />
        {reading !== null && (
          <ProgressBar
            label={t.upload.reading}
            value={reading.total === 0 ? null : reading.done / reading.total}
            text={t.common.progressOf({ done: format.number(reading.done), total: format.number(reading.total) })}
            onCancel={review.stopReading}
          />
        )}
        {review.isEmptyFolder && <Callout isAlert>{t.upload.emptyFolder}</Callout>}
        {review.hidden > 0 && <Callout>{t.upload.hidden({ count: format.number(review.hidden) })}</Callout>}
        {review.error !== null && <ErrorNotice error={review.error} />}
        {review.refused.length > 0 && <RefusedFiles files={review.refused} onDismiss={review.dismissRefused} />}
      </div>
      {rows.length > 0 && (
        <Section
          title={t.upload.reviewTitle}
          text={t.upload.reviewText}
          actions={
            <Button variant="quiet" size="s" onPress={review.clear}>
              {t.upload.leaveOutAll}
            </Button>
          }
        >
          {unplaced.length > 0 && (
            <Card tone="caution">
              <CategorySelect
                label={t.upload.needCategory({ count: format.number(unplaced.length) })}
                hint={t.upload.needCategoryHint}
                codes={writable}
                value={null}
                onChange={(categoryCode) =>
                  review.change(new Set(unplaced.map(({ id }) => id)), (row) => ({ ...row, categoryCode }))
                }
              />
            </Card>
          )}
          <RowList
            rows={rows}
            writable={allowed}
            onWanted={({ id }, isWanted) => review.change(new Set([id]), (row) => ({ ...row, isWanted }))}
            onChange={setChanging}
          />
          {isOwn && (
            <ChoiceCards
              label={t.upload.whoReads}
              columns={2}
              options={[
                { id: "shared", label: t.upload.shared, hint: t.upload.sharedHint, icon: "share" },
                { id: "private", label: t.upload.private, hint: t.upload.privateHint, icon: "lock" },
              ]}
              value={isPrivate ? "private" : "shared"}
              onChange={(choice) => onPrivate(choice === "private")}
            />
          )}
          {rest > 0 && (
            <Callout tone="caution">
              {t.upload.tooMany({ max: format.number(LIMITS.uploadMaxRecords), rest: format.number(rest) })}
            </Callout>
          )}
          {isOtherCount && (
            <Callout tone="caution" isAlert>
              {t.upload.chooseAgainCount({ found: count, count: format.number(wantedCount) })}
            </Callout>
          )}
          {refused.length > 0 && (
            <Callout tone="caution">{t.upload.notAllowedLeft({ titles: titles(refused) })}</Callout>
          )}
          <div className="stack-s">
            {unplaced.length > 0 && <p id={reasonId}>{t.upload.placeFirst({ titles: titles(unplaced) })}</p>}
            <p>
              {ready.length === 0
                ? t.upload.nothingReady
                : `${ready.length === 1 ? t.upload.entry({ size }) : t.upload.entries({ count, size })}. ${t.upload.signatures({ count: format.number(ready.length + 1) })}`}
            </p>
            <div className="row">
              <Button
                variant="primary"
                icon="lock"
                isDisabled={ready.length === 0 || unplaced.length > 0 || reading !== null || isOtherCount}
                {...(unplaced.length > 0 ? { "aria-describedby": reasonId } : {})}
                onPress={() => onStart(ready)}
              >
                {ready.length === 1 ? t.upload.startOne : t.upload.start({ count })}
              </Button>
            </div>
          </div>
        </Section>
      )}
      {changing !== null && (
        <RowDialog
          row={changing}
          writable={writable}
          onSave={(changed) => review.change(new Set([changed.id]), () => changed)}
          onClose={() => setChanging(null)}
        />
      )}
    </div>
  );
}
