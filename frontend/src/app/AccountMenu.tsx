/** Who is signed in, as what, and the way out. */
import { useNavigate } from "@tanstack/react-router";
import { Button, Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from "react-aria-components";
import { Icon } from "../design/Icon.tsx";
import { Avatar, shortAddress } from "../design/PersonName.tsx";
import { VisuallyHidden } from "../design/VisuallyHidden.tsx";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { useText } from "../i18n/text.ts";
import { useRole, useSession } from "../session/context.ts";
import { rolesOf } from "../session/state.ts";

export function AccountMenu({ me }: { readonly me: PersonAnswered }) {
  const t = useText();
  const { state, controller } = useSession();
  const { role, choose } = useRole();
  const navigate = useNavigate();
  const roles = rolesOf(me);
  // A demo person's name is known here; anybody else is known to themselves.
  const demoName = "client" in state && state.client.wallet.id === "demo" ? state.client.wallet.name : null;
  const roleName = t.common.roles[role ?? "none"];
  const name = demoName ?? roleName;
  return (
    <MenuTrigger>
      <Button className="account-button">
        <Avatar address={me.address} name={demoName} />
        <span className="account-words">
          <VisuallyHidden>{t.common.account}: </VisuallyHidden>
          <span className="account-name">{name}</span>
          <span className="soft small">{name === roleName ? shortAddress(me.address) : roleName}</span>
        </span>
        <Icon name="chevronDown" size={16} />
      </Button>
      <Popover className="popover" placement="bottom end" offset={4}>
        <Menu className="list-box" aria-label={t.common.account}>
          {roles.length > 1 && (
            <MenuSection>
              <Header className="list-empty small">{t.session.roleSwitch}</Header>
              {roles.map((one) => (
                <MenuItem
                  key={one}
                  id={`role-${one}`}
                  className="list-item"
                  onAction={() => {
                    choose(one);
                    void navigate({ to: "/" });
                  }}
                >
                  <Icon name={one === role ? "check" : "person"} />
                  {t.common.roles[one]}
                </MenuItem>
              ))}
            </MenuSection>
          )}
          <MenuItem id="settings" href="/settings" className="list-item">
            <Icon name="settings" />
            {t.common.nav.settings}
          </MenuItem>
          <MenuItem id="sign-out" className="list-item" onAction={() => void controller.signOut()}>
            <Icon name="signOut" />
            {t.session.signOut}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
