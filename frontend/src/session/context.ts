/** The session as components see it. */
import { createContext, useContext, useSyncExternalStore } from "react";
import { MendrecError } from "../core/errors.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import type { Client } from "../node/types.ts";
import type { Wallets } from "../wallet/discover.ts";
import type { SessionController } from "./controller.ts";
import type { Role, SessionState } from "./state.ts";

export type SessionParts = { readonly controller: SessionController; readonly wallets: Wallets };

export const SessionContext = createContext<SessionParts | null>(null);

/** The role whose pages are shown, and how to change it; for whoever has more than one. */
export type RoleChoice = { readonly role: Role | null; readonly choose: (role: Role) => void };

export const RoleContext = createContext<RoleChoice>({ role: null, choose: () => undefined });

export function useRole(): RoleChoice {
  return useContext(RoleContext);
}

export function useSessionParts(): SessionParts {
  const parts = useContext(SessionContext);
  if (parts === null) throw new Error("The session is used outside of its provider");
  return parts;
}

export function useSession(): { readonly state: SessionState; readonly controller: SessionController } {
  const { controller } = useSessionParts();
  const state = useSyncExternalStore(controller.subscribe, controller.state);
  return { state, controller };
}

/** The client of whoever is at work. Pages are shown only then. */
export function useClient(): Client {
  const { state } = useSession();
  if (!("client" in state)) {
    throw new MendrecError("refused.sign_in_needed", "Nobody is signed in.", { remedy: "Sign in again." });
  }
  return state.client;
}

/** What the directory says of whoever is at work. */
export function useMe(): PersonAnswered {
  const { state } = useSession();
  if (!("me" in state)) {
    throw new MendrecError("refused.sign_in_needed", "Nobody is signed in.", { remedy: "Sign in again." });
  }
  return state.me;
}
