/** One person with all that they may do, and below them those to whom they passed it on. */
import { Callout } from "../design/Callout.tsx";
import { Card } from "../design/Card.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { useText } from "../i18n/text.ts";
import { type ShareChange, ShareLine } from "./ShareLines.tsx";
import type { PersonShares, Share } from "./shares.ts";
import type { People } from "./usePeople.ts";

type Props = {
  readonly person: PersonShares;
  /** Those to whom this person passed it on. */
  readonly below: readonly PersonShares[];
  readonly people: People;
  readonly onChange: (change: ShareChange, share: Share) => void;
  /** Of the heading with the name. */
  readonly level?: 2 | 3;
};

export function PersonShareCard({ person, below, people, onChange, level = 2 }: Props) {
  return (
    <Card level={3}>
      <PersonHead address={person.grantee} people={people} level={level} />
      {person.shares.map((share) => (
        <ShareLine key={share.key} share={share} people={people} onChange={onChange} />
      ))}
      {below.length > 0 && (
        <ul className="share-below">
          {below.map((one) => (
            <li key={one.grantee} className="stack">
              <PersonHead address={one.grantee} people={people} level={3} />
              {one.shares.map((share) => (
                <ShareLine key={share.key} share={share} people={people} onChange={onChange} />
              ))}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

type HeadProps = { readonly address: string; readonly people: People; readonly level: 2 | 3 };

function PersonHead({ address, people, level }: HeadProps) {
  const Heading = `h${level}` as const;
  const t = useText();
  const role = people.role(address);
  return (
    <>
      <Heading className="share-person">
        <PersonName
          address={address}
          name={people.name(address)}
          avatar
          copy
          {...(role === undefined ? {} : { role })}
        />
      </Heading>
      {people.isInStanding(address) === false && <Callout tone="caution">{t.sharing.notInStanding}</Callout>}
    </>
  );
}
