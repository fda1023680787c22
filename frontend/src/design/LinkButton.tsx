/** Links: to another page of ours. A link goes somewhere; a button does something. */
import type { ReactNode } from "react";
import { Link } from "react-aria-components";
import type { ButtonVariant } from "./Button.tsx";
import { Icon, type IconName } from "./Icon.tsx";
import "./Button.css";

type LinkButtonProps = {
  readonly href: string;
  readonly variant?: ButtonVariant;
  readonly size?: "m" | "s";
  readonly icon?: IconName;
  readonly wide?: boolean;
  readonly children: ReactNode;
};

/** A link that looks like a button: the way on. */
export function LinkButton({ href, variant = "secondary", size = "m", icon, wide = false, children }: LinkButtonProps) {
  return (
    <Link href={href} className="button" data-variant={variant} data-size={size} data-wide={wide || undefined}>
      {icon !== undefined && <Icon name={icon} size={size === "s" ? 16 : 20} />}
      <span>{children}</span>
    </Link>
  );
}

type TextLinkProps = { readonly href: string; readonly children: ReactNode };

/** A link within words. Other pages of ours only: the page loads nothing from elsewhere. */
export function TextLink({ href, children }: TextLinkProps) {
  return (
    <Link href={href} className="text-link">
      {children}
    </Link>
  );
}
