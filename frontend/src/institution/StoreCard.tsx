/** One store: what it is, whether it answers, where it is known to be, what the last check found in it. */
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import type { LocationAnswered } from "../generated/api/types.gen.ts";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";
import { useClient } from "../session/context.ts";
import { useNames } from "../sharing/useNames.ts";
import { worded } from "./recordWords.ts";

type Props = {
  readonly store: Operations["stores"][number];
  /** Null: it has none, or it is not known yet. */
  readonly location: LocationAnswered | null;
  /** Of the last check, by outcome; null where none was made. */
  readonly faults: Readonly<Record<string, number>> | null;
};

export function StoreCard({ store, location, faults }: Props) {
  const t = useText();
  const client = useClient();
  const names = useNames(location === null ? [] : [location.operator]);
  const words = t.institution.stores;
  // A store that says nothing has a code of being away; one without a code gave back other bytes.
  const why = store.up ? words.upText : store.fault_code === "mendrec.error" ? words.downWrong : words.downText;
  return (
    <Card
      level={3}
      icon="store"
      title={store.name}
      tone={store.up ? "plain" : "bad"}
      actions={<StatusPill tone={store.up ? "good" : "bad"}>{store.up ? words.up : words.down}</StatusPill>}
    >
      <p className="soft small">{why}</p>
      <DataList
        items={[
          { term: words.kind, value: worded(words.kinds, store.kind) },
          { term: words.together, value: store.failure_domain },
          {
            term: words.location,
            value:
              location === null ? (
                <span className="soft">{words.locationNone}</span>
              ) : (
                <span className="line">
                  <code>{location.base_uri}</code>
                  <StatusPill tone={location.active ? "good" : "neutral"}>
                    {location.active ? words.active : words.retired}
                  </StatusPill>
                </span>
              ),
          },
          ...(location === null
            ? []
            : [
                {
                  term: words.operator,
                  value: (
                    <PersonName
                      address={location.operator}
                      name={names.nameOf(location.operator)}
                      isYou={location.operator === client.account}
                    />
                  ),
                },
              ]),
          { term: words.copiesHere, value: <Faults faults={faults} /> },
          ...(store.fault_code === null ? [] : [{ term: words.faultCode, value: <code>{store.fault_code}</code> }]),
        ]}
      />
    </Card>
  );
}

function Faults({ faults }: { readonly faults: Props["faults"] }) {
  const t = useText();
  const format = useFormat();
  const words = t.institution.stores;
  if (faults === null) return <span className="soft">{words.unchecked}</span>;
  const { wrong = 0, missing = 0, unreachable = 0 } = faults;
  if (wrong + missing + unreachable === 0) return <StatusPill tone="good">{words.copiesGood}</StatusPill>;
  return (
    <StatusPill tone="caution">
      {words.copiesFaults({
        wrong: format.number(wrong),
        missing: format.number(missing),
        silent: format.number(unreachable),
      })}
    </StatusPill>
  );
}
