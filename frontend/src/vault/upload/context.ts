/** What records are sealed to, asked of the node and compared with what is known. Whoever gets enough shares can read. */
import { MendrecError } from "../../core/errors.ts";
import type { Address } from "../../core/ids.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import type { SealedTo } from "../../core/sealing.ts";
import type { ContextAnswered } from "../../generated/api/types.gen.ts";
import { zContextAnswered } from "../../generated/api/zod.gen.ts";
import type { NodeHttp } from "../nodeHttp.ts";
import type { VaultTrust } from "../types.ts";

export type ContextAsked = {
  readonly trust: VaultTrust;
  readonly patient: Address;
  /** The author's own recipient, where the author is the patient: not believed from the node then. */
  readonly ownRecipient: string | null;
  readonly private: boolean;
};

/**
 * Whom to seal to.
 *
 * Throws `refused` where the author may not write there; `verification.node`: another chain, contract, patient or key than
 * is known; `verification.custodians_changed`; `input.no_custodian`.
 */
export async function fetchSealedTo(http: NodeHttp, asked: ContextAsked, signal: AbortSignal): Promise<SealedTo> {
  const { trust, patient } = asked;
  const path = `/v1/uploads/context?${new URLSearchParams({ patient })}`;
  const found = (await http.json("GET", path, zContextAnswered, { signal })) as ContextAnswered;
  if (found.patient !== patient || found.chain_id !== trust.chainId || found.records_contract !== trust.records) {
    throw lyingNode("The node wants a record sealed for another patient, chain or contract.");
  }
  requireKnownCustody(found, trust);
  if (asked.ownRecipient !== null && found.recipient !== asked.ownRecipient) {
    throw lyingNode("The node names another key for you than the one that you hold.");
  }
  if (asked.private) {
    return { patientRecipient: found.recipient, custodians: [], threshold: 0 };
  }
  if (found.custodians.length === 0) {
    throw new MendrecError("input.no_custodian", "The node names no custodian.", {
      remedy: "Upload as private, or use another node.",
    });
  }
  return {
    patientRecipient: found.recipient,
    custodians: trust.custodians.map(({ address, recipient }) => ({ address, recipient })),
    threshold: trust.threshold,
  };
}

/** Throws unless the custodians, their keys and how many are needed are the known ones. */
function requireKnownCustody(found: ContextAnswered, trust: VaultTrust): void {
  const told = new Map(found.custodians.map((one) => [one.address, one.recipient]));
  if (told.size !== found.custodians.length || new Set(told.values()).size !== told.size) {
    throw lyingNode("The node names a custodian, or a custodian's key, twice.");
  }
  if (told.size > 0 && (found.threshold < 1 || found.threshold > told.size)) {
    throw lyingNode("The node names a threshold that its custodians can't make.");
  }
  const agrees =
    told.size === trust.custodians.length &&
    (told.size === 0 || found.threshold === trust.threshold) &&
    trust.custodians.every((one) => told.get(one.address) === one.recipient);
  if (!agrees) {
    throw new MendrecError(
      "verification.custodians_changed",
      "The node names other custodians, other keys of theirs, or another threshold than the ones that are known.",
      { remedy: "Ask the institution by another way. If it confirms, say yes to them." },
    );
  }
}
