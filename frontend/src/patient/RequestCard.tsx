/** A request as it was made, in one sentence and in full, and the answers to it. */
import { useState } from "react";
import type { RightName } from "../core/typedData/consent.ts";
import { Button } from "../design/Button.tsx";
import { Callout } from "../design/Callout.tsx";
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { PersonName } from "../design/PersonName.tsx";
import type { AccessRequestAnswered } from "../generated/api/types.gen.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { approve } from "../node/approve.ts";
import { decline } from "../node/decline.ts";
import { useClient } from "../session/context.ts";
import { ActDialog } from "../sharing/ActDialog.tsx";
import { asksSentence } from "../sharing/grantWords.ts";
import { useSignedTerms } from "../sharing/signedTerms.ts";
import { ApproveLessDialog } from "./ApproveLessDialog.tsx";
import { GrantSummary } from "./GrantSummary.tsx";
import { useRefreshConsents } from "./useOwnRecord.ts";
import type { People } from "./usePeople.ts";
import "./patient.css";

type Props = { readonly request: AccessRequestAnswered; readonly people: People };

export function RequestCard({ request, people }: Props) {
  const t = useText();
  const format = useFormat();
  const client = useClient();
  const refresh = useRefreshConsents();
  const signedTerms = useSignedTerms();
  const [answer, setAnswer] = useState<"approve" | "decline" | "less" | null>(null);
  const { requester, category_codes: categories, until_at: untilAt, from_at: fromAt, purpose } = request;
  const rights: readonly RightName[] = request.rights;
  const name = people.called(requester);
  const role = people.role(requester);
  const isOver = untilAt <= client.http.now();
  const terms = { address: requester, name: people.name(requester), categories, rights, fromAt, untilAt, purpose };
  const close = () => setAnswer(null);
  return (
    <Card level={3} tone={isOver ? "plain" : "accent"}>
      <div className="row-spread">
        <PersonName
          address={requester}
          name={people.name(requester)}
          avatar
          copy
          {...(role === undefined ? {} : { role })}
        />
        <span className="small soft">{t.sharing.askedAgo({ ago: format.ago(request.asked_at) })}</span>
      </div>
      <p className="share-sentence">{asksSentence(t, format, name, terms)}</p>
      {people.isInStanding(requester) === false && <Callout tone="caution">{t.sharing.notInStanding}</Callout>}
      {isOver && <p>{t.sharing.requestOver}</p>}
      <Disclosure title={t.sharing.fullTerms} level={2}>
        <DataList items={signedTerms({ act: "approve", ...terms })} />
      </Disclosure>
      <div className="row">
        {!isOver && (
          <Button
            variant="primary"
            icon="check"
            aria-label={`${t.sharing.approve}: ${name}`}
            onPress={() => setAnswer("approve")}
          >
            {t.sharing.approve}
          </Button>
        )}
        {!isOver && (
          <Button icon="minus" aria-label={`${t.sharing.less}: ${name}`} onPress={() => setAnswer("less")}>
            {t.sharing.less}
          </Button>
        )}
        <Button
          variant="quiet"
          icon="cross"
          aria-label={`${t.sharing.decline}: ${name}`}
          onPress={() => setAnswer("decline")}
        >
          {t.sharing.decline}
        </Button>
      </div>
      {answer === "approve" && (
        <ActDialog
          title={t.sharing.approveTitle({ name })}
          confirm={t.sharing.signApprove}
          terms={signedTerms({ act: "approve", ...terms })}
          run={(options) => approve(client, { request, ...options })}
          done={t.sharing.doneApprove}
          onDone={refresh}
          onClose={close}
        >
          <GrantSummary name={name} terms={{ categories, rights, fromAt, untilAt, purpose }} />
        </ActDialog>
      )}
      {answer === "decline" && (
        <ActDialog
          title={t.sharing.declineTitle({ name })}
          confirm={t.sharing.signDecline}
          terms={signedTerms({ act: "decline", ...terms })}
          run={(options) => decline(client, { request, ...options })}
          done={t.sharing.doneDecline}
          onDone={refresh}
          onClose={close}
        >
          <p>{t.sharing.declineWill}</p>
        </ActDialog>
      )}
      {answer === "less" && <ApproveLessDialog request={request} name={name} onClose={close} />}
    </Card>
  );
}
