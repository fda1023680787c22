/** Clinicians and their credentials, with what whoever looks may do about each. */
import { type ReactNode, useState } from "react";
import { Button } from "../design/Button.tsx";
import { PersonName, shortAddress } from "../design/PersonName.tsx";
import { StatusPill } from "../design/StatusPill.tsx";
import { type Column, Table } from "../design/Table.tsx";
import { Until } from "../design/Times.tsx";
import { useText } from "../i18n/text.ts";
import type { DirectoryAct } from "../node/sendDirectoryAct.ts";
import { actsOn, type Charge, endsSoon, type Listed, mayRenew, STATE_TONES } from "./credential.ts";
import { DirectoryActDialog } from "./DirectoryActDialog.tsx";
import "./institution.css";

type Props = {
  readonly label: string;
  readonly as: Charge;
  readonly rows: readonly Listed[];
  readonly empty: ReactNode;
  /** For verifiers. */
  readonly onRenew?: (one: Listed) => void;
};

export function CredentialTable({ label, as, rows, empty, onRenew }: Props) {
  const t = useText();
  const words = t.institution.staff;
  const [doing, setDoing] = useState<{ readonly act: DirectoryAct; readonly one: Listed } | null>(null);
  const columns: readonly Column<Listed>[] = [
    {
      id: "clinician",
      title: words.clinician,
      cell: (one) => (
        <PersonName
          address={one.address}
          name={one.name}
          avatar
          copy
          {...(one.institutionName === null ? {} : { role: one.institutionName })}
        />
      ),
    },
    {
      id: "state",
      title: words.state,
      cell: (one) => (
        <span className="line">
          <StatusPill tone={STATE_TONES[one.state]}>{words.states[one.state]}</StatusPill>
          {endsSoon(one, Date.now() / 1_000) && (
            <StatusPill tone="caution" icon="clock">
              {words.soon}
            </StatusPill>
          )}
        </span>
      ),
    },
    {
      id: "expires",
      title: words.expires,
      cell: (one) => (one.expiresAt === null ? <span className="soft">—</span> : <Until at={one.expiresAt} />),
    },
    {
      id: "actions",
      title: words.actions,
      titleHidden: true,
      cell: (one) => (
        <Actions one={one} as={as} onAct={(act) => setDoing({ act, one })} onRenew={onRenew ?? (() => undefined)} />
      ),
    },
  ];
  return (
    <>
      <Table label={label} columns={columns} rows={rows} rowKey={(one) => one.address} empty={empty} />
      {doing !== null && <DirectoryActDialog act={doing.act} one={doing.one} onClose={() => setDoing(null)} />}
    </>
  );
}

type ActionsProps = {
  readonly one: Listed;
  readonly as: Charge;
  readonly onAct: (act: DirectoryAct) => void;
  readonly onRenew: (one: Listed) => void;
};

function Actions({ one, as, onAct, onRenew }: ActionsProps) {
  const t = useText();
  const words = t.institution.staff;
  const labels: Readonly<Record<DirectoryAct, string>> = {
    suspend: words.suspend,
    reinstate: words.reinstate,
    revokeCredential: words.end,
  };
  const name = one.name ?? shortAddress(one.address);
  const acts = actsOn(one, as);
  const renews = mayRenew(one, as);
  return (
    <div className="stack-s">
      <div className="line">
        {renews && (
          <Button aria-label={`${words.renew}: ${name}`} onPress={() => onRenew(one)}>
            {words.renew}
          </Button>
        )}
        {acts.map((act) => (
          <Button key={act} aria-label={`${labels[act]}: ${name}`} onPress={() => onAct(act)}>
            {labels[act]}
          </Button>
        ))}
      </div>
      {one.state === "suspended" && as === "institution" && <span className="soft small">{words.onlyBoardLifts}</span>}
      {acts.length === 0 && !renews && <span className="soft small">{words.nothingToDo}</span>}
    </div>
  );
}
