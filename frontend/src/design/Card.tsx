/** A thing of its own on a page, and a part of a page. */
import { type ReactNode, useId } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import "./Card.css";

type Level = 2 | 3 | 4;
type Tone = "plain" | "accent" | "caution" | "bad";

type CardProps = {
  readonly title?: ReactNode;
  readonly icon?: IconName;
  readonly actions?: ReactNode;
  readonly footer?: ReactNode;
  readonly tone?: Tone;
  /** Level of its heading. */
  readonly level?: Level;
  readonly children?: ReactNode;
};

export function Card({ title, icon, actions, footer, tone = "plain", level = 2, children }: CardProps) {
  const Heading = `h${level}` as const;
  return (
    <div className="card" data-tone={tone}>
      {(title !== undefined || actions !== undefined) && (
        <div className="card-head">
          <Heading className="card-title">
            {icon !== undefined && <Icon name={icon} />}
            {title}
          </Heading>
          {actions !== undefined && <div className="row">{actions}</div>}
        </div>
      )}
      {children}
      {footer !== undefined && <div className="card-foot">{footer}</div>}
    </div>
  );
}

type SectionProps = {
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  readonly level?: Level;
  readonly children: ReactNode;
};

export function Section({ title, text, actions, level = 2, children }: SectionProps) {
  const Heading = `h${level}` as const;
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="row-spread">
        <Heading id={id}>{title}</Heading>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {text !== undefined && <p className="soft">{text}</p>}
      {children}
    </section>
  );
}
