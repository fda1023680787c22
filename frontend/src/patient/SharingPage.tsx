/** Here a patient sees who may do what with the record and until when, shares more, and prolongs, reduces or ends it. */
import { useState } from "react";
import { Button } from "../design/Button.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { GrantDialog } from "./GrantDialog.tsx";
import { NarrowDialog } from "./NarrowDialog.tsx";
import { PersonShareCard } from "./PersonShareCard.tsx";
import { RenewDialog } from "./RenewDialog.tsx";
import { RevokeDialog } from "./RevokeDialog.tsx";
import type { ShareChange } from "./ShareLines.tsx";
import { byPerson, gatherShares, isOpen, type Share } from "./shares.ts";
import { useConsents, useLiveRecord } from "./useOwnRecord.ts";
import { type People, usePeople } from "./usePeople.ts";
import "./patient.css";

type Doing = { readonly change: "grant" } | { readonly change: ShareChange; readonly share: Share };

export function SharingPage() {
  const t = useText();
  const format = useFormat();
  useLiveRecord();
  const consents = useConsents();
  const [doing, setDoing] = useState<Doing | null>(null);
  const shares = gatherShares(consents.data ?? []);
  const people = usePeople(
    shares.flatMap(({ grantee, delegator }) => (delegator === null ? [grantee] : [grantee, delegator])),
  );
  const standing = byPerson(shares.filter(isOpen));
  const ended = byPerson(shares.filter((share) => !isOpen(share))).toReversed();
  const onChange = (change: ShareChange, share: Share) => setDoing({ change, share });
  const shareButton = (
    <Button variant="primary" icon="plus" onPress={() => setDoing({ change: "grant" })}>
      {t.sharing.share}
    </Button>
  );
  const known = new Set(standing.map(({ grantee }) => grantee));
  const isBelow = ({ under }: { under: string | null }) => under !== null && known.has(under as `0x${string}`);
  return (
    <>
      <PageHeader title={t.sharing.title} text={t.sharing.text} actions={shareButton} />
      <div className="stack-l">
        {consents.isPending && <Skeleton lines={6} label={t.sharing.loading} />}
        {consents.isError && <ErrorNotice error={consents.error} onRetry={() => void consents.refetch()} />}
        {consents.isSuccess && standing.length === 0 && (
          <EmptyState icon="share" title={t.sharing.emptyTitle}>
            {t.sharing.emptyText}
          </EmptyState>
        )}
        {standing.length > 0 && (
          <div className="stack">
            {standing
              .filter((person) => !isBelow(person))
              .map((person) => (
                <PersonShareCard
                  key={person.grantee}
                  person={person}
                  below={standing.filter(({ under }) => under === person.grantee)}
                  people={people}
                  onChange={onChange}
                />
              ))}
          </div>
        )}
        {ended.length > 0 && (
          <Disclosure title={t.sharing.endedTitle({ count: format.number(ended.length) })} level={2}>
            <div className="stack">
              {ended.map((person) => (
                <PersonShareCard
                  key={person.grantee}
                  person={person}
                  below={[]}
                  people={people}
                  onChange={onChange}
                  level={3}
                />
              ))}
            </div>
          </Disclosure>
        )}
      </div>
      {doing !== null && <ChangeDialog doing={doing} shares={shares} people={people} onClose={() => setDoing(null)} />}
    </>
  );
}

type ChangeProps = {
  readonly doing: Doing;
  readonly shares: readonly Share[];
  readonly people: People;
  readonly onClose: () => void;
};

function ChangeDialog({ doing, shares, people, onClose }: ChangeProps) {
  if (doing.change === "grant") return <GrantDialog shares={shares} onClose={onClose} />;
  const { change, share } = doing;
  const name = people.called(share.grantee);
  switch (change) {
    case "renew":
      return <RenewDialog share={share} name={name} onClose={onClose} />;
    case "narrow":
      return <NarrowDialog share={share} name={name} onClose={onClose} />;
    case "revoke":
      return <RevokeDialog share={share} name={name} onClose={onClose} />;
    case "again": {
      const who = { address: share.grantee, name: people.name(share.grantee) };
      return <GrantDialog shares={shares} start={{ who, ...share }} onClose={onClose} />;
    }
  }
}
