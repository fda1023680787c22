/** What is set in this browser, and the way out. */
import { Button } from "../design/Button.tsx";
import { Card } from "../design/Card.tsx";
import { DataList } from "../design/DataList.tsx";
import { PageHeader } from "../design/PageHeader.tsx";
import { PersonName } from "../design/PersonName.tsx";
import { RadioGroup } from "../design/RadioGroup.tsx";
import { languages, useLanguage, useText } from "../i18n/text.ts";
import { useMe, useSession } from "../session/context.ts";
import { rolesOf } from "../session/state.ts";
import { useTheme } from "./Preferences.tsx";

export function SettingsPage() {
  const t = useText();
  const me = useMe();
  const { state, controller } = useSession();
  const { language, change } = useLanguage();
  const [theme, chooseTheme] = useTheme();
  const wallet = "client" in state ? state.client.wallet.name : "";
  const roles = rolesOf(me).map((role) => t.common.roles[role]);
  return (
    <>
      <PageHeader title={t.common.settings.title} text={t.common.settings.text} />
      <div className="stack">
        <div className="grid-2">
          <Card>
            <RadioGroup
              label={t.common.language}
              options={languages.map(({ id, name }) => ({ id, label: name }))}
              value={language}
              onChange={change}
            />
          </Card>
          <Card>
            <RadioGroup
              label={t.common.theme}
              options={(["system", "light", "dark"] as const).map((id) => ({ id, label: t.common.themes[id] }))}
              value={theme}
              onChange={chooseTheme}
            />
          </Card>
        </div>
        <Card
          title={t.common.account}
          icon="person"
          footer={
            <Button icon="signOut" onPress={() => void controller.signOut()}>
              {t.common.settings.signOut}
            </Button>
          }
        >
          <DataList
            items={[
              {
                term: t.common.settings.signedInAs,
                value: roles.length === 0 ? t.common.roles.none : roles.join(", "),
              },
              { term: t.common.settings.wallet, value: wallet },
              { term: t.common.settings.address, value: <PersonName address={me.address} copy /> },
            ]}
          />
          <p className="soft small">{t.common.settings.signOutText}</p>
        </Card>
      </div>
    </>
  );
}
