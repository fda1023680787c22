/** What is under way or unfinished, for pages on which a person begins: one line each, with the way on. */

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { LinkButton } from "../design/LinkButton.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { discardUpload } from "../node/discardUpload.ts";
import { useClient } from "../session/context.ts";
import { useNames } from "../sharing/useNames.ts";
import { type Unfinished, useUnfinished } from "./useUnfinished.ts";
import { useUploader } from "./useUploader.ts";

type Props = {
  /** The page of one patient's upload shows that one itself. */
  readonly patient?: string;
};

export function UploadNotices({ patient }: Props) {
  const t = useText();
  const { account } = useClient();
  const { state } = useUploader();
  const unfinished = useUnfinished();
  const { nameOf } = useNames(NOBODY);
  const called = (address: string) => (address === account ? t.common.you : (nameOf(address) ?? t.upload.aPatient));
  const isElsewhere = state.phase !== "idle" && state.phase !== "done" && state.patient !== patient;
  if (!isElsewhere && unfinished.length === 0) return null;
  return (
    <div className="stack">
      {isElsewhere && (
        <Callout
          tone={state.phase === "running" ? "info" : "caution"}
          title={(state.phase === "stopped" ? t.upload.noticeStopped : t.upload.noticeRunning)({
            name: called(state.patient),
          })}
          action={
            <LinkButton size="s" href={`/upload/${state.patient}`}>
              {t.upload.toUpload}
            </LinkButton>
          }
        />
      )}
      {unfinished.map((one) => (
        <UnfinishedNotice key={one.key} upload={one} name={called(one.patient)} canStart={!isElsewhere} />
      ))}
    </div>
  );
}

const NOBODY: readonly string[] = [];

function UnfinishedNotice(props: { readonly upload: Unfinished; readonly name: string; readonly canStart: boolean }) {
  const { upload, name, canStart } = props;
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const queries = useQueryClient();
  const { uploader } = useUploader();
  const [isAsking, setIsAsking] = useState(false);
  const { key, patient, total, sealed } = upload;
  const isWhole = sealed === total;
  const discard = async () => {
    await discardUpload(client, { key });
    await queries.invalidateQueries({ queryKey: queryKeys.uploads(client.account) });
  };
  const way = isWhole ? (
    <Button size="s" isDisabled={!canStart} onPress={() => void uploader.resume(upload)}>
      {t.upload.goOn}
    </Button>
  ) : (
    <LinkButton size="s" href={`/upload/${patient}?again=${encodeURIComponent(key)}`}>
      {t.upload.chooseAgain}
    </LinkButton>
  );
  const count = format.number(total);
  return (
    <Callout
      tone="caution"
      title={total === 1 ? t.upload.unfinishedOne : t.upload.unfinishedTitle({ count })}
      action={
        upload.isInOtherTab ? undefined : (
          <>
            {way}
            <Button size="s" variant="quiet" onPress={() => setIsAsking(true)}>
              {t.upload.giveUp}
            </Button>
          </>
        )
      }
    >
      <p>
        {t.upload.unfinishedText({ name, when: format.ago(upload.beganAt) })}{" "}
        {upload.isInOtherTab
          ? t.upload.unfinishedElsewhere
          : isWhole
            ? t.upload.unfinishedSealed
            : t.upload.unfinishedPart({ done: format.number(sealed), total: count })}
      </p>
      {upload.titles.length > 0 && <p className="small">{titlesLine(upload.titles, format.list)}</p>}
      <ConfirmDialog
        isOpen={isAsking}
        title={t.upload.discardTitle}
        confirm={t.upload.giveUp}
        danger
        onConfirm={discard}
        onClose={() => setIsAsking(false)}
      >
        <p>{t.upload.discardText}</p>
      </ConfirmDialog>
    </Callout>
  );
}

function titlesLine(titles: readonly string[], list: (items: readonly string[]) => string): string {
  return titles.length <= 3 ? list(titles) : `${titles.slice(0, 3).join(", ")} …`;
}
