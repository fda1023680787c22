/** More that can be done with a thing. */
import type { ReactNode } from "react";
import { Button as AriaButton, Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Icon, type IconName } from "./Icon.tsx";
import "./Button.css";
import "./Field.css";

export type MenuEntry = {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onAction: () => void;
};

type Props = {
  /** What the menu is of; read out where the button shows an icon alone. */
  readonly label: string;
  readonly icon?: IconName;
  /** Words on the button, with an arrow; without them it is an icon. */
  readonly children?: ReactNode;
  readonly items: readonly MenuEntry[];
};

export function Menu({ label, icon = "more", children, items }: Props) {
  return (
    <MenuTrigger>
      {children === undefined ? (
        <AriaButton className="icon-button" aria-label={label}>
          <Icon name={icon} />
        </AriaButton>
      ) : (
        <AriaButton className="button" data-variant="quiet" aria-label={label}>
          {children}
          <Icon name="chevronDown" size={16} />
        </AriaButton>
      )}
      <Popover className="popover" offset={4}>
        <AriaMenu className="list-box" aria-label={label}>
          {items.map((item) => (
            <MenuItem
              key={item.id}
              id={item.id}
              className="list-item"
              data-danger={item.danger || undefined}
              isDisabled={item.disabled ?? false}
              onAction={item.onAction}
            >
              {item.icon !== undefined && <Icon name={item.icon} />}
              {item.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
