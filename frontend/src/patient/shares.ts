/** Permission blocks, gathered by person and by what goes together: same rights, same time, same purpose, same giver. */
import { orderedRights, type RightName } from "../core/typedData/consent.ts";
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import type { Address } from "../node/types.ts";

export type ShareState = "in_force" | "not_yet" | "ended" | "taken_back";

/** Categories that one person has under the same terms. One signature changes them together. */
export type Share = {
  readonly key: string;
  readonly grantee: Address;
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  /** Unix seconds; for what is passed on, within what stands above it. */
  readonly fromAt: number;
  /** Unix seconds, the first second in which it no longer holds. */
  readonly untilAt: number;
  readonly purpose: string;
  readonly state: ShareState;
  /** Who passed it on; null where the patient gave it. */
  readonly delegator: Address | null;
};

export type PersonShares = {
  readonly grantee: Address;
  readonly shares: readonly Share[];
  /** When the first of them ends. */
  readonly endsAt: number;
  /** Who passed it on to them; null where the patient gave them anything themself. */
  readonly under: Address | null;
};

/** Every block that says something, gathered; in the order of the categories as told. */
export function gatherShares(consents: readonly ConsentAnswered[]): readonly Share[] {
  const found = new Map<string, Share>();
  for (const consent of consents) {
    const share = shareOf(consent);
    if (share === null) continue;
    const known = found.get(share.key);
    found.set(
      share.key,
      known === undefined ? share : { ...known, categories: [...known.categories, ...share.categories] },
    );
  }
  return [...found.values()];
}

function shareOf(consent: ConsentAnswered): Share | null {
  const { effective } = consent;
  const state = stateOf(consent);
  // What stands is told as it comes to; what is over, as it was granted.
  const isOpen = state === "in_force" || state === "not_yet";
  const told = isOpen ? effective : consent;
  const rights = orderedRights(told.rights);
  if (rights.length === 0 && state !== "taken_back") return null;
  const delegator = consent.passed_on ? (consent.delegator as Address | null) : null;
  const terms = [rights.join("+"), told.from_at, told.until_at, consent.purpose, state, delegator ?? ""];
  return {
    key: [consent.grantee, ...terms].join("|"),
    grantee: consent.grantee as Address,
    categories: [consent.category_code],
    rights,
    fromAt: told.from_at,
    untilAt: told.until_at,
    purpose: consent.purpose,
    state,
    delegator,
  };
}

function stateOf({ effective }: ConsentAnswered): ShareState {
  if (effective.state === "in_force" || effective.state === "not_yet") return effective.state;
  return effective.state === "expired" ? "ended" : "taken_back";
}

export function isOpen({ state }: Share): boolean {
  return state === "in_force" || state === "not_yet";
}

/** Shares that stand, by person: who loses something first comes first. */
export function byPerson(shares: readonly Share[]): readonly PersonShares[] {
  const found = new Map<Address, Share[]>();
  for (const share of shares) {
    const known = found.get(share.grantee);
    if (known === undefined) found.set(share.grantee, [share]);
    else known.push(share);
  }
  const people = [...found].map(([grantee, own]): PersonShares => {
    const sorted = own.toSorted((a, b) => a.untilAt - b.untilAt);
    const isGiven = sorted.some(({ delegator }) => delegator === null);
    return {
      grantee,
      shares: sorted,
      endsAt: sorted[0]?.untilAt ?? 0,
      under: isGiven ? null : (sorted[0]?.delegator ?? null),
    };
  });
  return people.toSorted((a, b) => a.endsAt - b.endsAt || a.grantee.localeCompare(b.grantee));
}

/** What one may do with which categories until when: what a line can say without saying a wrong date. */
export type ShareSpan = Pick<Share, "key" | "categories" | "rights" | "fromAt" | "untilAt" | "state">;

/** Shares of one person with the same rights and the same time, in the order told; whoever gave them, whatever for. */
export function bySpan(shares: readonly Share[]): readonly ShareSpan[] {
  const found = new Map<string, ShareSpan>();
  for (const { categories, rights, fromAt, untilAt, state } of shares) {
    // When something began is told only of what has not begun.
    const key = [rights.join("+"), untilAt, state, state === "not_yet" ? fromAt : ""].join("|");
    const known = found.get(key)?.categories ?? [];
    found.set(key, { key, categories: [...new Set([...known, ...categories])], rights, fromAt, untilAt, state });
  }
  return [...found.values()];
}

/** What somebody holds now in some of these categories: a new grant takes its place. */
export function replacedBy(shares: readonly Share[], grantee: string, categories: readonly string[]): readonly Share[] {
  return shares.filter(
    (share) =>
      share.grantee === grantee && isOpen(share) && share.categories.some((category) => categories.includes(category)),
  );
}
