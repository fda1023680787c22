/** A word beside the way: what to know before one goes on. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import "./Callout.css";

export type CalloutTone = "info" | "good" | "caution" | "bad";

const ICONS: Readonly<Record<CalloutTone, IconName>> = { info: "info", good: "check", caution: "warning", bad: "stop" };

type Props = {
  readonly tone?: CalloutTone;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  /** Read out as soon as it shows: only for what answers something the person just did. */
  readonly isAlert?: boolean;
};

export function Callout({ tone = "info", title, children, action, isAlert = false }: Props) {
  return (
    <div className="callout" data-tone={tone} {...(isAlert ? { role: "alert" } : {})}>
      <Icon name={ICONS[tone]} />
      <div className="callout-words">
        {title !== undefined && <p className="callout-title">{title}</p>}
        {children !== undefined && <div>{children}</div>}
        {action !== undefined && <div className="row">{action}</div>}
      </div>
    </div>
  );
}
