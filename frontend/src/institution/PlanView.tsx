/** What mending would do, step by step in words, and the one button that has it done. Without this in sight there is none. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card, Section } from "../design/Card.tsx";
import { ConfirmDialog } from "../design/ConfirmDialog.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Job } from "../node/readJob.ts";
import type { Operations } from "../node/readOperations.ts";
import { entryNumber } from "../record/entryNumber.ts";
import { CannotList } from "./CannotList.tsx";
import { badCount, isFresh } from "./careState.ts";
import { Lines } from "./Lines.tsx";
import { pathReasonWords, placeWords, recordWords, worded } from "./recordWords.ts";
import { recordName } from "./stepWords.ts";

type Props = {
  readonly job: Job;
  readonly stores: Operations["stores"];
  readonly isBusy: boolean;
  readonly onApply: () => Promise<unknown>;
};

export function PlanView({ job, stores, isBusy, onApply }: Props) {
  const t = useText();
  const format = useFormat();
  const [asks, setAsks] = useState(false);
  const words = t.institution.mending;
  const plan = job.result?.plan;
  if (plan === null || plan === undefined || badCount(job) === 0) return null;
  const { copies, moves, cannot } = plan;
  const isFreshEnough = isFresh(job, Date.now() / 1_000);
  const copyCount = format.number(copies.length);
  const moveCount = format.number(moves.length);
  const named = (label: string) => {
    const name = recordName(label);
    return name === null ? label : recordWords(t, name);
  };
  return (
    <Section title={words.planTitle}>
      <Card tone="accent">
        {copies.length + moves.length === 0 && <p>{words.planEmpty}</p>}
        {copies.length > 0 && (
          <div className="stack-s">
            <h3>{words.planCopies({ count: copyCount })}</h3>
            <Lines
              lines={copies.map((one) => ({
                id: `${one.cid} ${one.to}`,
                text: words.copyStep({ what: named(one.record), to: one.to }),
                small: worded(words.why, one.why),
              }))}
            />
          </div>
        )}
        {moves.length > 0 && (
          <div className="stack-s">
            <h3>{words.planMoves({ count: moveCount })}</h3>
            <p>{words.planMovesText}</p>
            <Lines
              lines={moves.map((one) => ({
                id: `${one.patient}/${one.sequence}`,
                text: words.moveStep({
                  what: recordWords(t, { patient: one.patient, entry: String(entryNumber(one.sequence)), part: null }),
                  from: placeWords(t, one.from_location, stores),
                  to: placeWords(t, one.to_location, stores),
                }),
                small: pathReasonWords(t, one.reason),
              }))}
            />
          </div>
        )}
        {cannot.length > 0 && (
          <div className="stack-s">
            <h3>{words.planCannot({ count: format.number(cannot.length) })}</h3>
            <CannotList lines={cannot} />
          </div>
        )}
        {copies.length + moves.length > 0 &&
          (isFreshEnough ? (
            <div className="row">
              <Button variant="primary" icon="mend" isDisabled={isBusy} onPress={() => setAsks(true)}>
                {words.apply}
              </Button>
            </div>
          ) : (
            <Callout tone="caution">{words.stale}</Callout>
          ))}
      </Card>
      <ConfirmDialog
        isOpen={asks}
        title={words.applyTitle}
        confirm={words.apply}
        onConfirm={async () => void (await onApply())}
        onClose={() => setAsks(false)}
      >
        <p>{words.applyText({ copies: copyCount })}</p>
        {moves.length > 0 && <p>{words.applyMoves({ moves: moveCount })}</p>}
      </ConfirmDialog>
    </Section>
  );
}
