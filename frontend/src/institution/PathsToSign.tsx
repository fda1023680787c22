/** Paths whose copies are good in a new place: the operator of the old one signs that they moved, and why. */
import { useState } from "react";
import { queryKeys } from "../app/queryKeys.ts";
import type { MendReasonName } from "../core/typedData/records.ts";
import { Button } from "../design/Button.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { shortAddress } from "../design/PersonName.tsx";
import { showToast } from "../design/toasts.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { mendPaths } from "../node/mendPaths.ts";
import type { Job } from "../node/readJob.ts";
import type { Operations } from "../node/readOperations.ts";
import { entryNumber } from "../record/entryNumber.ts";
import { useClient } from "../session/context.ts";
import { ActStatus } from "../sharing/ActStatus.tsx";
import { useAct } from "../sharing/useAct.ts";
import { useNames } from "../sharing/useNames.ts";
import { Lines } from "./Lines.tsx";
import { entriesOf, grouped, type MoveGroup } from "./pathsToSign.ts";
import { pathReasonWords, placeWords, recordWords } from "./recordWords.ts";
import { useLocations } from "./useLocations.ts";
import { usePathsToSign } from "./usePathsToSign.ts";
import "./institution.css";

type Props = { readonly jobs: readonly Job[]; readonly stores: Operations["stores"] };

export function PathsToSign({ jobs, stores }: Props) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const paths = usePathsToSign(jobs);
  const locations = useLocations();
  const act = useAct([queryKeys.mendings(client.account), queryKeys.jobs(client.account)]);
  const [signing, setSigning] = useState<string | null>(null);
  const operatorOf = (number: number) => locations.data?.find((one) => one.number === number)?.operator ?? null;
  const groups = grouped(paths.data ?? []);
  const names = useNames(groups.flatMap((group) => operatorOf(group.from) ?? []));
  const words = t.institution.mending;
  if (paths.error !== null) return <ErrorNotice error={paths.error} onRetry={() => void paths.refetch()} />;
  if (groups.length === 0) return null;
  const sign = async (group: MoveGroup) => {
    setSigning(group.id);
    const reason = group.reason as MendReasonName;
    const moved = await act.run((options) =>
      mendPaths(client, { entries: entriesOf(group), toLocation: group.to, reason, ...options }),
    );
    if (moved) showToast({ title: words.pathsSigned });
  };
  return (
    <Section title={words.pathsTitle} text={words.pathsText}>
      {groups.map((group) => {
        const operator = operatorOf(group.from);
        const isOwn = operator === client.account;
        return (
          <Card
            key={group.id}
            level={3}
            icon="pen"
            tone="caution"
            title={words.pathsGroup({
              count: format.number(group.moves.length),
              to: placeWords(t, group.to, stores),
            })}
          >
            <p>
              {words.from}: {placeWords(t, group.from, stores)} · {words.why1}: {pathReasonWords(t, group.reason)}
            </p>
            <Lines
              lines={group.moves.map((move) => ({
                id: `${move.patient}/${move.sequence}`,
                text: recordWords(t, { patient: move.patient, entry: String(entryNumber(move.sequence)), part: null }),
              }))}
            />
            {operator !== null && !isOwn && (
              <p>{words.pathsOf({ name: names.nameOf(operator) ?? shortAddress(operator) })}</p>
            )}
            {signing === group.id && <ActStatus act={act} />}
            {isOwn && (
              <div className="row">
                <Button variant="primary" icon="pen" isDisabled={act.step !== null} onPress={() => void sign(group)}>
                  {words.signPaths}
                </Button>
              </div>
            )}
          </Card>
        );
      })}
    </Section>
  );
}
