/** Adding entries to a record, one's own or a patient's: files in, looked through, sealed here, and followed until they are anchored. */
import { useParams, useRouterState } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { isCode } from "../core/errors.ts";
import { parseAddress } from "../core/ids.ts";
import { Callout } from "../design/Callout.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Spinner } from "../design/Spinner.tsx";
import { useClinical } from "../i18n/clinical.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { newIdempotencyKey } from "../node/http.ts";
import type { Address } from "../node/types.ts";
import { categoryName } from "../record/categories.ts";
import { shownTitle } from "../record/entryTitle.ts";
import { useClient } from "../session/context.ts";
import { useNames } from "../sharing/useNames.ts";
import { ReviewFiles } from "../upload/ReviewFiles.tsx";
import { itemsLeft, type Row, sealItemOf } from "../upload/rows.ts";
import { UploadFinished } from "../upload/UploadFinished.tsx";
import { UploadNotices } from "../upload/UploadNotices.tsx";
import { UploadProgress } from "../upload/UploadProgress.tsx";
import { useReview } from "../upload/useReview.ts";
import { useUnfinished } from "../upload/useUnfinished.ts";
import { useUploader } from "../upload/useUploader.ts";
import { useWritable } from "../upload/useWritable.ts";

const NOBODY: readonly string[] = [];

export function UploadPage() {
  const t = useText();
  const told = useParams({ strict: false }).patient;
  const patient = addressOf(told);
  if (patient === null) {
    return (
      <>
        <PageHeader title={t.upload.titleForUnnamed} />
        <EmptyState
          icon="people"
          title={t.upload.notAPatientTitle}
          action={<LinkButton href="/">{t.common.toStart}</LinkButton>}
        >
          {t.upload.notAPatientText}
        </EmptyState>
      </>
    );
  }
  return <UploadTo key={patient} patient={patient} />;
}

function UploadTo({ patient }: { readonly patient: Address }) {
  const t = useText();
  const clinical = useClinical();
  const format = useFormat();
  const { account } = useClient();
  const isOwn = patient === account;
  const { nameOf } = useNames(NOBODY);
  const name = nameOf(patient);
  const asked = new URLSearchParams(useRouterState({ select: ({ location }) => location.searchStr }));
  const { codes, readable, known, error, retry } = useWritable(patient);
  const review = useReview(known, codes ?? []);
  const [isPrivate, setIsPrivate] = useState(isOwn && asked.has("private"));
  const { uploader, state } = useUploader();
  const again = useUnfinished().find((one) => one.key === asked.get("again") && one.patient === patient) ?? null;
  const sent = useRef<ReadonlySet<number>>(new Set());
  const start = (rows: readonly Row[]) => {
    sent.current = new Set(rows.map(({ id }) => id));
    const key = again?.key ?? newIdempotencyKey();
    void uploader.start(
      { patient, items: rows.map(sealItemOf), private: isPrivate, key },
      rows.map(({ item }) => shownTitle(clinical, item)),
    );
  };
  const more = () => {
    review.remove(sent.current);
    sent.current = new Set();
    uploader.clear();
  };
  const isBusy = state.phase === "running" || state.phase === "waiting" || state.phase === "stopped";
  const isBusyHere = isBusy && state.patient === patient;
  return (
    <>
      <PageHeader
        title={isOwn ? t.upload.titleOwn : name === null ? t.upload.titleForUnnamed : t.upload.titleFor({ name })}
        windowTitle={isOwn ? t.upload.titleOwn : t.upload.titleForUnnamed}
        text={t.upload.text}
        back={isOwn ? { href: "/record", label: t.upload.backOwn } : { href: "/patients", label: t.upload.back }}
      />
      <div className="stack-l">
        <UploadNotices patient={patient} />
        {error !== null && <ErrorNotice error={error} onRetry={retry} />}
        {codes === null && error === null && <Spinner wide />}
        {isBusyHere && <UploadProgress uploader={uploader} state={state} />}
        {state.phase === "done" && state.patient === patient && (
          <UploadFinished
            patient={patient}
            isOwn={isOwn}
            titles={state.titles}
            categories={state.categories}
            readable={readable}
            done={state.done}
            hasRest={review.rows.some(({ id }) => !sent.current.has(id))}
            left={itemsLeft(review.rows, sent.current).map((one) => shownTitle(clinical, one))}
            onMore={more}
          />
        )}
        {codes !== null &&
          !isBusy &&
          (state.phase === "idle" || state.patient !== patient) &&
          (codes.length === 0 ? (
            <EmptyState
              icon="lock"
              title={t.upload.notAllowedTitle}
              action={<LinkButton href={`/ask?patient=${patient}`}>{t.common.nav.ask}</LinkButton>}
            >
              {t.upload.notAllowedText}
            </EmptyState>
          ) : (
            <>
              {!isOwn && codes.length < known.length && (
                <Callout>
                  {t.upload.onlyTo({ categories: format.list(codes.map((code) => categoryName(t, code))) })}
                </Callout>
              )}
              {again !== null && (
                <Callout tone="caution">{t.upload.chooseAgainText({ count: format.number(again.total) })}</Callout>
              )}
              <ReviewFiles
                review={review}
                writable={codes}
                isOwn={isOwn}
                isPrivate={isPrivate}
                onPrivate={setIsPrivate}
                wantedCount={again?.total ?? null}
                onStart={start}
              />
            </>
          ))}
      </div>
    </>
  );
}

function addressOf(text: string | undefined): Address | null {
  try {
    return text === undefined ? null : parseAddress(text);
  } catch (error) {
    if (isCode(error, "input")) return null;
    throw error;
  }
}
