/** Here a patient sees at a glance: who waits for an answer, who can see what, what was read lately, whether all is safe, what is new. */
import { Card } from "../design/Card.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { TextLink } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useText } from "../i18n/text.ts";
import { UploadNotices } from "../upload/UploadNotices.tsx";
import { safetyOf } from "./copiesGrid.ts";
import { HomeNew } from "./HomeNew.tsx";
import { HomeReads } from "./HomeReads.tsx";
import { HomeShares } from "./HomeShares.tsx";
import { RequestCard } from "./RequestCard.tsx";
import { SafetySentence } from "./SafetySentence.tsx";
import { useAccessRequests, useCopies, useLiveRecord } from "./useOwnRecord.ts";
import { usePeople } from "./usePeople.ts";
import "./patient.css";

const REQUESTS_SHOWN = 3;

export function HomePage() {
  const t = useText();
  useLiveRecord();
  return (
    <>
      <PageHeader title={t.patient.homeTitle} text={t.patient.homeText} />
      <div className="stack-l">
        <UploadNotices />
        <HomeRequests />
        <div className="grid-2 home-columns">
          <div className="stack">
            <HomeShares />
            <HomeSafety />
          </div>
          <div className="stack">
            <HomeReads />
            <HomeNew />
          </div>
        </div>
      </div>
    </>
  );
}

function HomeRequests() {
  const t = useText();
  const requests = useAccessRequests();
  const waiting = (requests.data ?? []).filter(({ state }) => state === "pending");
  const people = usePeople(waiting.map(({ requester }) => requester));
  if (requests.isError) return <ErrorNotice error={requests.error} onRetry={() => void requests.refetch()} />;
  if (waiting.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="waiting">
      <div className="row-spread">
        <h2 id="waiting">{t.patient.waitingTitle({ count: waiting.length })}</h2>
        <TextLink href="/requests">{t.patient.allRequests}</TextLink>
      </div>
      {waiting.slice(0, REQUESTS_SHOWN).map((request) => (
        <RequestCard key={request.request_id_hex} request={request} people={people} />
      ))}
    </section>
  );
}

function HomeSafety() {
  const t = useText();
  const copies = useCopies();
  return (
    <Card title={t.care.title} icon="shield" footer={<TextLink href="/safety">{t.care.pictureTitle}</TextLink>}>
      {copies.isPending && <Skeleton lines={3} label={t.care.loading} />}
      {copies.isError && <ErrorNotice error={copies.error} onRetry={() => void copies.refetch()} compact />}
      {copies.isSuccess && <SafetySentence safety={safetyOf(copies.data)} />}
    </Card>
  );
}
