/** Everything that the node looked at: what is not well first, with what to do about it. */
import { Card, Section } from "../design/Card.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { Badge, StatusPill } from "../design/StatusPill.tsx";
import { useText } from "../i18n/text.ts";
import { type Condition, conditionWords } from "./conditionWords.ts";
import "./institution.css";

const ORDER = ["error", "warning", "ok"];

export function Conditions({ conditions }: { readonly conditions: readonly Condition[] }) {
  const t = useText();
  const words = t.institution.operations;
  const sorted = [...conditions].sort((one, other) => ORDER.indexOf(one.state) - ORDER.indexOf(other.state));
  const bad = sorted.filter((one) => one.state !== "ok");
  return (
    <Section
      title={words.conditionsTitle}
      {...(bad.length === 0 ? {} : { actions: <Badge>{words.needLook({ count: String(bad.length) })}</Badge> })}
    >
      <Card>
        <ul className="plain-list">
          {sorted.map((one) => (
            <li key={one.check}>
              <OneCondition condition={one} />
            </li>
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function OneCondition({ condition }: { readonly condition: Condition }) {
  const t = useText();
  const words = t.institution.operations;
  const { name, tone, text, remedy } = conditionWords(t, condition);
  return (
    <div className="stack-s">
      <div className="line">
        <StatusPill tone={tone}>{words.conditionStates[condition.state]}</StatusPill>
        <strong>{name}</strong>
        <span className="soft">{text}</span>
      </div>
      {remedy !== "" && <p>{remedy}</p>}
      {condition.state !== "ok" && (
        <Disclosure title={words.nodeWords}>
          <p className="small" lang="en">
            {condition.message} {condition.remedy}
          </p>
        </Disclosure>
      )}
    </div>
  );
}
