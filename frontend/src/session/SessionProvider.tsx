/** Gives the session to everything below, and the role whose pages are shown. */
import { type ReactNode, useMemo, useState, useSyncExternalStore } from "react";
import { RoleContext, SessionContext, type SessionParts } from "./context.ts";
import { type Role, rolesOf } from "./state.ts";

type Props = { readonly parts: SessionParts; readonly children: ReactNode };

export function SessionProvider({ parts, children }: Props) {
  const state = useSyncExternalStore(parts.controller.subscribe, parts.controller.state);
  const [chosen, choose] = useState<Role | null>(null);
  const roles = "me" in state ? rolesOf(state.me) : [];
  const role = chosen !== null && roles.includes(chosen) ? chosen : (roles[0] ?? null);
  const roleChoice = useMemo(() => ({ role, choose }), [role]);
  return (
    <SessionContext value={parts}>
      <RoleContext value={roleChoice}>{children}</RoleContext>
    </SessionContext>
  );
}
