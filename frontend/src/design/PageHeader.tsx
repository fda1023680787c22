/** The head of a page. It takes the focus when the page is come to, so that whoever listens hears where they are. */
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../i18n/text.ts";
import { Icon } from "./Icon.tsx";
import { TextLink } from "./LinkButton.tsx";
import "./PageHeader.css";

type Props = {
  readonly title: string;
  /** What the window is called where the title names somebody: browsers write that down in their history. */
  readonly windowTitle?: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: { readonly href: string; readonly label: string };
};

/** Whether a page was shown before: the very first one leaves the focus at the top, where the skip link is. */
let cameFromElsewhere = false;

export function PageHeader({ title, windowTitle = title, text, actions, back }: Props) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (cameFromElsewhere) heading.current?.focus({ preventScroll: true });
    cameFromElsewhere = true;
  }, []);
  useEffect(() => {
    document.title = `${windowTitle} · ${t.common.productName}`;
  }, [windowTitle, t]);
  return (
    <header className="page-header">
      {back !== undefined && (
        <span className="page-back">
          <Icon name="arrowLeft" size={16} />
          <TextLink href={back.href}>{back.label}</TextLink>
        </span>
      )}
      <div className="row-spread">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {text !== undefined && <div className="page-text">{text}</div>}
    </header>
  );
}
