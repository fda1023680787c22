/** Language and appearance: within reach on every page, before signing in too. */
import { useState } from "react";
import { Menu } from "../design/Menu.tsx";
import { type Language, languages, useLanguage, useText } from "../i18n/text.ts";
import { changeTheme, keptTheme, type Theme } from "./theme.ts";

export function LanguageMenu() {
  const t = useText();
  const { language, change } = useLanguage();
  const name = languages.find((one) => one.id === language)?.name ?? language;
  return (
    <Menu
      label={`${t.common.language}: ${name}`}
      items={languages.map(({ id, name: own }: { id: Language; name: string }) => ({
        id,
        label: own,
        ...(id === language ? { icon: "check" as const } : {}),
        onAction: () => change(id),
      }))}
    >
      {name}
    </Menu>
  );
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(keptTheme);
  return [
    theme,
    (chosen) => {
      changeTheme(chosen);
      setTheme(chosen);
    },
  ];
}

export function ThemeMenu() {
  const t = useText();
  const [theme, choose] = useTheme();
  return (
    <Menu
      label={`${t.common.theme}: ${t.common.themes[theme]}`}
      icon={theme === "dark" ? "moon" : "sun"}
      items={THEMES.map((id) => ({
        id,
        label: t.common.themes[id],
        ...(id === theme ? { icon: "check" as const } : {}),
        onAction: () => choose(id),
      }))}
    />
  );
}
