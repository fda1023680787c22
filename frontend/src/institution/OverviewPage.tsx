/** An institution sees at a glance whether its node is well, and what waits for it: requests, paths to sign, faults. */
import { Card, Section } from "../design/Card.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { Icon, type IconName } from "../design/Icon.tsx";
import { LinkButton, TextLink } from "../design/LinkButton.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { StatusPill, type Tone } from "../design/StatusPill.tsx";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import type { Operations } from "../node/readOperations.ts";
import { useClient } from "../session/context.ts";
import { badCount, careState } from "./careState.ts";
import { OperatorOnly } from "./OperatorOnly.tsx";
import { useApplications } from "./useApplications.ts";
import { useJobs } from "./useJobs.ts";
import { isNotOperator, useOperations } from "./useOperations.ts";
import { usePathsToSign } from "./usePathsToSign.ts";
import { troubles, wellbeing } from "./wellbeing.ts";
import "./institution.css";

export function OverviewPage() {
  const t = useText();
  const operations = useOperations();
  return (
    <>
      <PageHeader title={t.institution.overview.title} text={t.institution.overview.text} />
      <div className="sections">
        <OperatorOnly query={operations}>{(data) => <Wellbeing operations={data} />}</OperatorOnly>
        <Waiting operations={operations.data ?? null} isOperator={!isNotOperator(operations.error)} />
      </div>
    </>
  );
}

const PILLS: Readonly<Record<Tone, "ok" | "warning" | "error" | null>> = {
  good: "ok",
  caution: "warning",
  bad: "error",
  neutral: null,
  accent: null,
};

function Wellbeing({ operations }: { readonly operations: Operations }) {
  const t = useText();
  const format = useFormat();
  const jobs = useJobs();
  const words = t.institution.overview;
  const sentences = wellbeing(operations, jobs.data ?? [], t, format, Date.now() / 1_000).filter(
    (one) => one.id !== "copies" || jobs.data !== undefined,
  );
  const isWell = sentences.every((one) => one.tone === "good" || one.tone === "neutral");
  return (
    <Section title={words.wellTitle}>
      <Card
        icon={isWell ? "check" : "warning"}
        title={isWell ? words.allWell : words.notAllWell}
        tone={isWell ? "plain" : "caution"}
        level={3}
        footer={
          <span className="soft small">{t.institution.lookedAt({ ago: format.ago(operations.measured_at) })}</span>
        }
      >
        <ul className="state-list">
          {sentences.map((one) => {
            const state = PILLS[one.tone];
            return (
              <li key={one.id}>
                <StatusPill tone={one.tone}>
                  {state === null ? t.institution.stores.unchecked : t.institution.operations.conditionStates[state]}
                </StatusPill>
                <TextLink href={one.href}>{one.title}</TextLink>
              </li>
            );
          })}
        </ul>
      </Card>
    </Section>
  );
}

type WaitingItem = {
  readonly id: string;
  readonly icon: IconName;
  readonly count: number;
  readonly words: (x: { count: string }) => string;
  readonly action: string;
  readonly href: string;
};

function Waiting({ operations, isOperator }: { readonly operations: Operations | null; readonly isOperator: boolean }) {
  const t = useText();
  const format = useFormat();
  const words = t.institution.overview;
  const requests = useApplications(useClient().account);
  const jobs = useJobs();
  const care = careState(isOperator ? (jobs.data ?? []) : []);
  const paths = usePathsToSign(isOperator ? (jobs.data ?? []) : []);
  const asked = requests.data?.filter((one) => one.state === "waiting").length ?? 0;
  const unsigned = paths.data?.length ?? 0;
  const bad = care.lastLook === null ? 0 : badCount(care.lastLook);
  const faults = operations === null ? 0 : troubles(operations).length;
  const all: readonly WaitingItem[] = [
    {
      id: "requests",
      icon: "inbox",
      count: asked,
      words: words.requests,
      action: words.requestsAction,
      href: "/institution/requests",
    },
    {
      id: "paths",
      icon: "pen",
      count: unsigned,
      words: words.paths,
      action: words.pathsAction,
      href: "/institution/mending",
    },
    { id: "plan", icon: "mend", count: bad, words: words.plan, action: words.planAction, href: "/institution/mending" },
    {
      id: "faults",
      icon: "warning",
      count: faults,
      words: words.faults,
      action: words.faultsAction,
      href: "/institution/operations",
    },
  ];
  const items = all.filter((one) => one.count > 0);
  return (
    <Section title={words.waitsTitle}>
      {items.length === 0 ? (
        <EmptyState icon="check" title={words.nothingWaits}>
          {words.nothingWaitsText}
        </EmptyState>
      ) : (
        <ul className="plain-list">
          {items.map((one) => (
            <li key={one.id}>
              <Card>
                <div className="row-spread">
                  <span className="line">
                    <Icon name={one.icon} />
                    {one.words({ count: format.number(one.count) })}
                  </span>
                  <LinkButton href={one.href}>{one.action}</LinkButton>
                </div>
              </Card>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
