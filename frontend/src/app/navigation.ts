/** Which pages a role has, in the order of the menu. */
import type { IconName } from "../design/Icon.tsx";
import type { AllTexts } from "../i18n/text.ts";
import type { Role } from "../session/state.ts";

export type NavigationItem = {
  readonly href: string;
  readonly label: keyof AllTexts["common"]["nav"];
  readonly icon: IconName;
};

export const navigation: Readonly<Record<Role, readonly NavigationItem[]>> = {
  patient: [
    { href: "/", label: "home", icon: "home" },
    { href: "/record", label: "record", icon: "record" },
    { href: "/sharing", label: "sharing", icon: "share" },
    { href: "/requests", label: "requests", icon: "inbox" },
    { href: "/who-read", label: "whoRead", icon: "eye" },
    { href: "/safety", label: "health", icon: "shield" },
    { href: "/private", label: "private", icon: "lock" },
    { href: "/keys", label: "keys", icon: "key" },
  ],
  clinician: [
    { href: "/patients", label: "patients", icon: "people" },
    { href: "/ask", label: "ask", icon: "inbox" },
    { href: "/keys", label: "keys", icon: "key" },
  ],
  institution: [
    { href: "/institution", label: "overview", icon: "hospital" },
    { href: "/institution/staff", label: "staff", icon: "people" },
    { href: "/institution/requests", label: "requests", icon: "inbox" },
    { href: "/institution/stores", label: "stores", icon: "store" },
    { href: "/institution/mending", label: "mending", icon: "mend" },
    { href: "/institution/operations", label: "operations", icon: "chart" },
  ],
  verifier: [{ href: "/verifier", label: "verifier", icon: "pen" }],
};

/** How many fit into the bar at the bottom of a phone; the others are under "More". */
export const BAR_ITEMS_MAX = 4;

/** Whether a menu's item stands for the page that is shown: its own, or one below it. */
export function isCurrentPage(href: string, pathname: string, items: readonly NavigationItem[]): boolean {
  if (pathname === href) return true;
  // Where the menu has no "/", the first page of the role is what is shown there.
  if (pathname === "/" && items[0]?.href === href && !items.some((item) => item.href === "/")) return true;
  if (href === "/" || !pathname.startsWith(`${href}/`)) return false;
  // "/institution" is not current on "/institution/staff", which has an item of its own.
  return !items.some((item) => item.href.length > href.length && isCurrentPage(item.href, pathname, []));
}
