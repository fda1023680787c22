/** What is pressed to do something. One primary button a view; the others are quiet. */
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps } from "react-aria-components";
import { useText } from "../i18n/text.ts";
import { Icon, type IconName } from "./Icon.tsx";
import "./Button.css";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

type Props = Omit<ButtonProps, "className" | "style" | "children"> & {
  readonly variant?: ButtonVariant;
  readonly size?: "m" | "s";
  readonly icon?: IconName;
  /** Fills the width of what it stands in. */
  readonly wide?: boolean;
  readonly children: ReactNode;
};

export function Button({ variant = "secondary", size = "m", icon, wide = false, children, ...rest }: Props) {
  const t = useText();
  // Not the library's own `isPending`: its announcement goes on pointing at the button after the button has gone.
  const { isPending, onPress, type, ...others } = rest;
  const waits = isPending === true;
  return (
    <>
      <AriaButton
        {...others}
        {...(onPress === undefined || waits ? {} : { onPress })}
        type={waits ? "button" : (type ?? "button")}
        {...(waits ? { "aria-disabled": "true" as const } : {})}
        className="button"
        data-variant={variant}
        data-size={size}
        data-wide={wide || undefined}
        data-pending={waits || undefined}
      >
        {waits ? (
          <span className="spinner" aria-hidden="true" />
        ) : (
          icon !== undefined && <Icon name={icon} size={size === "s" ? 16 : 20} />
        )}
        <span>{children}</span>
      </AriaButton>
      {isPending !== undefined && (
        <span className="hidden-visually" role="status">
          {waits ? t.common.working : ""}
        </span>
      )}
    </>
  );
}

type IconButtonProps = Omit<ButtonProps, "className" | "style" | "children"> & {
  readonly icon: IconName;
  /** What it does, in words: read out, and shown as a tooltip by the browser. */
  readonly label: string;
};

/** A button that is an icon alone. */
export function IconButton({ icon, label, ...rest }: IconButtonProps) {
  return (
    <AriaButton {...rest} className="icon-button" aria-label={label}>
      <Icon name={icon} />
    </AriaButton>
  );
}
