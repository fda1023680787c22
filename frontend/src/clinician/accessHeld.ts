/** What a reader holds of one patient's record now. */
import type { ConsentAnswered } from "../generated/api/types.gen.ts";
import type { Address, Purpose } from "../node/types.ts";

const PURPOSES: readonly string[] = ["TREAT", "ETREAT", "CAREMGT", "PATRQT", "HPAYMT", "HOPERAT", "HRESCH", "PUBHLTH"];

export type AccessHeld = {
  /** In force now, ending first. */
  readonly grants: readonly ConsentAnswered[];
  readonly canRead: boolean;
  readonly canAdd: boolean;
  readonly canPassOn: boolean;
  /** What may be read for; the one that most categories are for first, then the newest. */
  readonly purposes: readonly Purpose[];
  /** Codes of the categories that may be read for a purpose. */
  readonly readable: ReadonlyMap<Purpose, readonly string[]>;
};

export function accessHeld(consents: readonly ConsentAnswered[], patient: Address): AccessHeld {
  const grants = consents
    .filter((one) => one.patient === patient && one.effective.state === "in_force")
    .sort((a, b) => a.effective.until_at - b.effective.until_at);
  const reading = grants.filter((one) => one.effective.rights.includes("READ"));
  const readable = new Map<Purpose, string[]>();
  const newest = new Map<Purpose, number>();
  for (const { purpose, category_code: code, effective } of reading) {
    if (!isPurpose(purpose)) continue;
    const codes = readable.get(purpose) ?? [];
    readable.set(purpose, codes.includes(code) ? codes : [...codes, code]);
    newest.set(purpose, Math.max(newest.get(purpose) ?? 0, effective.from_at));
  }
  return {
    grants,
    canRead: reading.length > 0,
    canAdd: grants.some((one) => one.effective.rights.includes("UPLOAD")),
    canPassOn: grants.some((one) => one.effective.rights.includes("SHARE")),
    purposes: [...readable]
      .sort(([a, codesA], [b, codesB]) => codesB.length - codesA.length || (newest.get(b) ?? 0) - (newest.get(a) ?? 0))
      .map(([purpose]) => purpose),
    readable,
  };
}

/** For what else a category may be read where it may not be for this purpose; none where it may, or may not at all. */
export function otherPurposes(access: AccessHeld, purpose: Purpose, code: string): readonly Purpose[] {
  if (access.readable.get(purpose)?.includes(code) === true) return [];
  return access.purposes.filter((other) => access.readable.get(other)?.includes(code) === true);
}

function isPurpose(text: string): text is Purpose {
  return PURPOSES.includes(text);
}
