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
  /** What may be read for; the one that most categories are for first. */
  readonly purposes: readonly Purpose[];
  readonly readable: readonly string[];
};

export function accessHeld(consents: readonly ConsentAnswered[], patient: Address): AccessHeld {
  const grants = consents
    .filter((one) => one.patient === patient && one.effective.state === "in_force")
    .sort((a, b) => a.effective.until_at - b.effective.until_at);
  const reading = grants.filter((one) => one.effective.rights.includes("READ"));
  const counts = new Map<Purpose, number>();
  for (const { purpose } of reading) {
    if (isPurpose(purpose)) counts.set(purpose, (counts.get(purpose) ?? 0) + 1);
  }
  return {
    grants,
    canRead: reading.length > 0,
    canAdd: grants.some((one) => one.effective.rights.includes("UPLOAD")),
    canPassOn: grants.some((one) => one.effective.rights.includes("SHARE")),
    purposes: [...counts].sort((a, b) => b[1] - a[1]).map(([purpose]) => purpose),
    readable: reading.map((one) => one.category_code),
  };
}

function isPurpose(text: string): text is Purpose {
  return PURPOSES.includes(text);
}
