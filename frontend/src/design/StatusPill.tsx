/** How something is, in a word with its sign. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import "./StatusPill.css";

export type Tone = "good" | "caution" | "bad" | "neutral" | "accent";

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: "check",
  caution: "warning",
  bad: "stop",
  neutral: "minus",
  accent: "info",
};

type Props = { readonly tone: Tone; readonly icon?: IconName; readonly children: ReactNode };

export function StatusPill({ tone, icon, children }: Props) {
  return (
    <span className="pill" data-tone={tone}>
      <Icon name={icon ?? ICONS[tone]} size={16} />
      <span>{children}</span>
    </span>
  );
}

/** A number or a word beside another word. */
export function Badge({ children }: { readonly children: ReactNode }) {
  return <span className="badge number">{children}</span>;
}
