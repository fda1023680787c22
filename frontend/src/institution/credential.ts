/** What may be done about a credential, by whom: the Directory's rules, so that nothing is offered that it refuses. */
import type { Tone } from "../design/StatusPill.tsx";
import type { Professional, StaffMember } from "../node/listProfessionals.ts";
import type { DirectoryAct } from "../node/sendDirectoryAct.ts";

export type CredentialState = StaffMember["credential"]["state"];

/** Whoever stands in a list: of an institution's staff, or of those that a verifier vouches for. */
export type Listed = {
  readonly address: string;
  readonly name: string | null;
  readonly institution: string | null;
  readonly institutionName: string | null;
  readonly state: CredentialState;
  readonly expiresAt: number | null;
};

/** As what somebody looks at the list. */
export type Charge = "institution" | "verifier";

export const STATE_TONES: Readonly<Record<CredentialState, Tone>> = {
  in_force: "good",
  expired: "caution",
  suspended: "bad",
  revoked: "neutral",
};

const SOON_S = 30 * 86_400;

/** Both may suspend and end; only the verifier lifts what it, or the institution, suspended. */
export function actsOn(one: Listed, as: Charge): readonly DirectoryAct[] {
  switch (one.state) {
    case "in_force":
      return ["suspend", "revokeCredential"];
    case "expired":
      // Nothing can be done with it already; suspended, it can't be renewed either.
      return ["suspend"];
    case "suspended":
      return as === "verifier" ? ["reinstate", ...ending(one)] : ending(one);
    case "revoked":
      return [];
  }
}

/** A verifier renews for whoever is not suspended. */
export function mayRenew(one: Listed, as: Charge): boolean {
  return as === "verifier" && one.state !== "suspended";
}

export function endsSoon(one: Listed, nowS: number): boolean {
  return one.state === "in_force" && one.expiresAt !== null && one.expiresAt - nowS < SOON_S;
}

export function ofStaff(member: StaffMember, institution: string): Listed {
  return {
    address: member.address,
    name: member.display_name,
    institution,
    institutionName: null,
    state: member.credential.state,
    expiresAt: member.credential.expires_at,
  };
}

/** Those whose credential a verifier signed, or null: nobody of theirs. A revoked one ended at 0. */
export function vouchedFor(one: Professional, verifier: string): Listed | null {
  const { state, expires_at: expiresAt, institution, verifier: by } = one.credential;
  if (by !== verifier || state === "none") return null;
  return {
    address: one.address,
    name: one.display_name,
    institution,
    institutionName: one.institution?.display_name ?? null,
    state: expiresAt === 0 && state !== "suspended" ? "revoked" : state,
    expiresAt: expiresAt === 0 ? null : expiresAt,
  };
}

function ending(one: Listed): readonly DirectoryAct[] {
  return one.expiresAt === null ? [] : ["revokeCredential"];
}
