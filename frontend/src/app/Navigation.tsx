/** Where one can go: beside the page where there is room, below it on a phone. */
import { Button, Link, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import { Icon } from "../design/Icon.tsx";
import { useText } from "../i18n/text.ts";
import { BAR_ITEMS_MAX, isCurrentPage, type NavigationItem } from "./navigation.ts";

type Props = { readonly items: readonly NavigationItem[]; readonly pathname: string };

export function SideBar({ items, pathname }: Props) {
  const t = useText();
  return (
    <nav className="sidebar" aria-label={t.common.navigation}>
      <ul>
        {items.map((item) => (
          <li key={item.href}>
            <Link href={item.href} className="sidebar-link" {...current(item, pathname, items)}>
              <Icon name={item.icon} />
              {t.common.nav[item.label]}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function BottomBar({ items, pathname }: Props) {
  const t = useText();
  const fits = items.length <= BAR_ITEMS_MAX + 1;
  const shown = fits ? items : items.slice(0, BAR_ITEMS_MAX);
  const rest = fits ? [] : items.slice(BAR_ITEMS_MAX);
  return (
    <nav className="bottombar" aria-label={t.common.navigation}>
      <ul>
        {shown.map((item) => (
          <li key={item.href}>
            <Link href={item.href} className="bottombar-link" {...current(item, pathname, items)}>
              <Icon name={item.icon} size={24} />
              {t.common.nav[item.label]}
            </Link>
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            <MenuTrigger>
              <Button
                className="bottombar-link"
                data-current={rest.some((item) => isCurrentPage(item.href, pathname, items)) || undefined}
              >
                <Icon name="menu" size={24} />
                {t.common.moreNavigation}
              </Button>
              <Popover className="popover" placement="top end">
                <Menu className="list-box" aria-label={t.common.moreNavigation}>
                  {rest.map((item) => (
                    <MenuItem key={item.href} id={item.href} href={item.href} className="list-item">
                      <Icon name={item.icon} />
                      {t.common.nav[item.label]}
                    </MenuItem>
                  ))}
                </Menu>
              </Popover>
            </MenuTrigger>
          </li>
        )}
      </ul>
    </nav>
  );
}

function current(item: NavigationItem, pathname: string, items: readonly NavigationItem[]) {
  return isCurrentPage(item.href, pathname, items) ? { "aria-current": "page" as const } : {};
}
