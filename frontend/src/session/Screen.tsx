/** One question in the middle of the page. It takes the focus, as every page does. */
import { type ReactNode, useEffect, useRef } from "react";
import { Icon, type IconName } from "../design/Icon.tsx";
import { useText } from "../i18n/text.ts";
import "./Screen.css";

type Props = {
  readonly title: string;
  readonly text?: ReactNode;
  readonly icon?: IconName;
  readonly children?: ReactNode;
};

export function Screen({ title, text, icon, children }: Props) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${t.common.productName}`;
    heading.current?.focus({ preventScroll: true });
  }, [title, t]);
  return (
    <div className="screen">
      {icon !== undefined && (
        <span className="screen-icon">
          <Icon name={icon} size={28} />
        </span>
      )}
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {text !== undefined && <p className="screen-text">{text}</p>}
      {children}
    </div>
  );
}
