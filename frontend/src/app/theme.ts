/** Light or dark: as the device says, or as the person chose here. */
export type Theme = "system" | "light" | "dark";

const KEPT_UNDER = "mendrec.theme";

export function keptTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEPT_UNDER);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function changeTheme(theme: Theme): void {
  applyTheme(theme);
  try {
    localStorage.setItem(KEPT_UNDER, theme);
  } catch {
    // It holds until the page is closed.
  }
}
