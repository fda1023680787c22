/** Where a person is on the way from "nobody" to "at work", and what went wrong on it. */
import { isCode } from "../core/errors.ts";
import type { PersonAnswered } from "../generated/api/types.gen.ts";
import { OTHER_PERSON } from "../node/errors.ts";
import type { Address, Client } from "../node/types.ts";
import type { DemoPerson } from "../wallet/demoWallet.ts";
import type { Remains } from "./departure.ts";

/** What opens the identity: a signature of the wallet, a passphrase, or only a file that the person kept. */
export type Way = "sign" | "passphrase" | "lost";

/** Why a person is asked to choose a wallet again, where it was not their own doing. */
export type Notice = "account_changed" | "wallet_missing" | "signed_out_elsewhere";

export type SignedIn = {
  readonly client: Client;
  readonly me: PersonAnswered;
};

export type SessionState =
  /** Asking the node who it is and whether this browser is still signed in. */
  | { readonly phase: "starting" }
  /** The node does not answer, or is not the one that is known. */
  | { readonly phase: "unreachable"; readonly error: unknown }
  | {
      readonly phase: "choosing";
      readonly demo: readonly DemoPerson[] | null;
      readonly error: unknown;
      readonly notice: Notice | null;
      /** Who is signed in still, where only the wallet is missing. */
      readonly account: Address | null;
      /** What could not be taken away of whoever left. */
      readonly remains: Remains;
    }
  | { readonly phase: "connecting"; readonly walletName: string }
  | { readonly phase: "signing_in"; readonly walletName: string; readonly account: Address }
  /** The wallet is on another network than the node. */
  | { readonly phase: "wrong_network"; readonly walletName: string; readonly chainId: number; readonly error: unknown }
  | ({ readonly phase: "unlocking" } & SignedIn)
  | ({ readonly phase: "locked"; readonly way: Way; readonly error: unknown } & SignedIn)
  /** The directory does not know this person yet. */
  | ({ readonly phase: "new" } & SignedIn)
  | ({
      readonly phase: "ready";
      /** The session is over; the page stays, and one signature goes on with it. */
      readonly isOver: boolean;
      readonly error: unknown;
      readonly trouble: "network" | "disconnected" | null;
    } & SignedIn);

/** Whose pages are shown. Custodians have none of their own. */
export type Role = "patient" | "clinician" | "institution" | "verifier";

const ROLES: readonly Role[] = ["patient", "clinician", "institution", "verifier"];

export function rolesOf(me: PersonAnswered): readonly Role[] {
  return ROLES.filter((role) => me.roles.includes(role));
}

/** Whether a person has records or reads them: then nothing works without their age identity. */
export function needsIdentity(me: PersonAnswered): boolean {
  return me.roles.includes("patient") || me.roles.includes("clinician");
}

/** Whether an error means that the browser's session is another person's: they signed in in another tab. */
export function isOtherPerson(error: unknown): boolean {
  return isCode(error, OTHER_PERSON);
}

/** Whether an error means that the session is over. */
export function isSessionOver(error: unknown): boolean {
  return isCode(error, "refused.sign_in_needed");
}
