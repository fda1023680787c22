/** What patients share with a clinician, gathered by patient and by what goes together. */
import { orderedRights, type RightName } from "../core/typedData/consent.ts";
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import type { Address } from "../node/types.ts";

/** Categories under the same terms. */
export type HeldShare = {
  readonly key: string;
  readonly categories: readonly string[];
  readonly rights: readonly RightName[];
  /** Unix seconds. */
  readonly fromAt: number;
  /** Unix seconds, the first second in which it no longer holds. */
  readonly untilAt: number;
  readonly purpose: string;
  readonly state: "in_force" | "not_yet" | "ended";
  /** Who passed it on; null where the patient gave it themself. */
  readonly delegator: Address | null;
};

export type SharingPatient = {
  readonly patient: Address;
  /** What holds or will hold, ending soonest first. */
  readonly open: readonly HeldShare[];
  readonly ended: readonly HeldShare[];
  /** When the first of what holds now ends; null where nothing does. */
  readonly endsAt: number | null;
  readonly canRead: boolean;
  readonly canAdd: boolean;
  readonly canPassOn: boolean;
};

/** Less than the shortest choice but "a day": what was given for a week is not ending at once. */
const ENDING_SOON_S = 3 * 86_400;

/** Whether it holds, and for three days at most. */
export function isEndingSoon({ state, untilAt }: Pick<HeldShare, "state" | "untilAt">, nowS: number): boolean {
  return state === "in_force" && untilAt - nowS <= ENDING_SOON_S;
}

/** By patient: first those of whom something ends first, last those of whom nothing holds any more. */
export function gatherHeld(consents: readonly ConsentAnswered[]): readonly SharingPatient[] {
  const byPatient = new Map<Address, ConsentAnswered[]>();
  for (const consent of consents) {
    const patient = consent.patient as Address;
    const known = byPatient.get(patient);
    if (known === undefined) byPatient.set(patient, [consent]);
    else known.push(consent);
  }
  const patients = [...byPatient].map(([patient, blocks]) => patientOf(patient, blocks));
  return patients.sort((one, other) => rank(one) - rank(other));
}

function rank({ open, endsAt }: SharingPatient): number {
  return endsAt ?? (open[0]?.fromAt ?? 0) + Number.MAX_SAFE_INTEGER / (open.length === 0 ? 1 : 2);
}

function patientOf(patient: Address, blocks: readonly ConsentAnswered[]): SharingPatient {
  const all = sharesOf(blocks);
  const now = all.filter(({ state }) => state === "in_force");
  const may = (right: RightName) => now.some(({ rights }) => rights.includes(right));
  return {
    patient,
    open: all.filter(({ state }) => state !== "ended"),
    ended: all.filter(({ state }) => state === "ended").reverse(),
    endsAt: now[0]?.untilAt ?? null,
    canRead: may("READ"),
    canAdd: may("UPLOAD"),
    canPassOn: may("SHARE"),
  };
}

/** By their terms; those that end soonest first. */
export function sharesOf(blocks: readonly ConsentAnswered[]): readonly HeldShare[] {
  const shares = new Map<string, HeldShare>();
  for (const block of blocks) {
    const share = shareOf(block);
    const known = shares.get(share.key);
    shares.set(
      share.key,
      known === undefined ? share : { ...known, categories: [...known.categories, ...share.categories] },
    );
  }
  return [...shares.values()].sort((one, other) => one.untilAt - other.untilAt);
}

function shareOf(block: ConsentAnswered): HeldShare {
  const { state } = block.effective;
  const isOpen = state === "in_force" || state === "not_yet";
  // What stands is told as it comes to; what is over, as it was given.
  const terms = isOpen ? block.effective : block;
  const rights = orderedRights(terms.rights);
  const delegator = block.passed_on ? (block.delegator as Address | null) : null;
  const shown = isOpen ? state : "ended";
  const { purpose } = block;
  return {
    key: [shown, rights.join("+"), terms.from_at, terms.until_at, purpose, delegator ?? ""].join("|"),
    categories: [block.category_code],
    rights,
    fromAt: terms.from_at,
    untilAt: terms.until_at,
    purpose,
    state: shown,
    delegator,
  };
}

/** What one may pass on of a patient's record now: by purpose, since it stays what it was given for. */
export type PassingBounds = {
  readonly purpose: string;
  readonly categories: readonly string[];
  /** What may be passed on of all of them. */
  readonly rights: readonly RightName[];
  readonly latest: number;
};

export function passable(open: readonly HeldShare[]): readonly HeldShare[] {
  return open.filter(({ state, rights }) => state === "in_force" && rights.includes("SHARE"));
}

/** The bounds of passing on these categories: no more than one has of each, and no longer than the shortest. */
export function boundsOf(open: readonly HeldShare[], chosen: readonly string[]): PassingBounds | null {
  const shares = passable(open).filter(({ categories }) => categories.some((code) => chosen.includes(code)));
  const [first] = shares;
  if (first === undefined || shares.some(({ purpose }) => purpose !== first.purpose)) return null;
  return {
    purpose: first.purpose,
    categories: chosen,
    rights: first.rights.filter((right) => shares.every(({ rights }) => rights.includes(right))),
    latest: Math.min(...shares.map(({ untilAt }) => untilAt)),
  };
}

/** Patients that fit what is typed: by name, address or the words of what is shared. */
export function searchPatients(
  patients: readonly SharingPatient[],
  typed: string,
  wordsOf: (patient: SharingPatient) => string,
): readonly SharingPatient[] {
  const wanted = typed.trim().toLocaleLowerCase();
  if (wanted === "") return patients;
  return patients.filter((one) => `${one.patient} ${wordsOf(one)}`.toLocaleLowerCase().includes(wanted));
}
