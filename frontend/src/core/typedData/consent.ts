/** Type strings of Consent's signed acts (`contracts/src/libraries/ConsentActs.sol`), and how terms are worded. */
import { MendrecError } from "../errors.ts";
import { iso8601Utc } from "./build.ts";

/** What a permission block allows. The values are the contract's. */
export const RIGHTS = { READ: 1, UPLOAD: 2, SHARE: 4 } as const;
export type RightName = keyof typeof RIGHTS;

/** HL7 v3 PurposeOfUse codes. The values are the contract's. */
export const PURPOSES = {
  TREAT: 1,
  ETREAT: 2,
  CAREMGT: 3,
  PATRQT: 4,
  HPAYMT: 5,
  HOPERAT: 6,
  HRESCH: 7,
  PUBHLTH: 8,
} as const;
export type PurposeName = keyof typeof PURPOSES;

/** What a grant says: rights, window [fromAt, untilAt) in Unix seconds, purpose. */
export type Terms = {
  /** In the fixed order READ, UPLOAD, SHARE, each at most once. */
  readonly rights: readonly RightName[];
  readonly fromAt: number;
  readonly untilAt: number;
  readonly purpose: PurposeName;
};

const TERMS = "string rights,string from,string until,string purpose";
const LIFE = "uint256 nonce,string signatureValidUntil";

export const GRANT_TYPE = `Grant(address patient,address grantee,string[] categories,${TERMS},uint32[] sequences,${LIFE})`;
export const RENEW_TYPE = `Renew(address patient,address grantee,string[] categories,string until,uint32[] sequences,${LIFE})`;
export const NARROW_TYPE = `Narrow(address patient,address grantee,string[] categories,string rights,string until,uint32[] sequences,${LIFE})`;
export const REVOKE_TYPE = `Revoke(address patient,address grantee,string[] categories,uint32[] sequences,${LIFE})`;
export const APPROVE_TYPE = `Approve(address patient,address requester,string[] categories,${TERMS},uint32[] sequences,${LIFE})`;
export const DECLINE_TYPE = `Decline(address patient,address requester,string[] categories,${TERMS},${LIFE})`;
export const ASK_TYPE = `Ask(address requester,address patient,string[] categories,${TERMS},${LIFE})`;
export const WITHDRAW_REQUEST_TYPE = `WithdrawRequest(address requester,address patient,string[] categories,${TERMS},${LIFE})`;
export const PASS_ON_TYPE = `PassOn(address delegator,address patient,address grantee,string[] categories,${TERMS},uint32[] sequences,${LIFE})`;
export const TAKE_BACK_TYPE = `TakeBack(address delegator,address patient,address grantee,string[] categories,${LIFE})`;
export const RENOUNCE_TYPE = `Renounce(address grantee,address patient,string[] categories,${LIFE})`;
export const CANCEL_TYPE = "Cancel(address signer,uint256 cancelledNonce,uint256 nonce,string signatureValidUntil)";

/** The rights in the contract's order, each once. */
export function orderedRights(rights: Iterable<RightName>): RightName[] {
  const named = new Set(rights);
  return (["READ", "UPLOAD", "SHARE"] as const).filter((right) => named.has(right));
}

/** The rights' names in the fixed order, for example `READ, UPLOAD`. Throws `input.invalid` for none. */
export function rightsText(rights: readonly RightName[]): string {
  if (rights.length === 0) {
    throw new MendrecError("input.invalid", "There are no rights to sign for.", {
      remedy: "Name one of READ, UPLOAD and SHARE, or more.",
    });
  }
  return orderedRights(rights).join(", ");
}

/** The rights as the contract's number. */
export function rightsNumber(rights: readonly RightName[]): number {
  return orderedRights(rights).reduce((sum, right) => sum + RIGHTS[right], 0);
}

/** Terms in words, for typed data. */
export function termsWords(terms: Terms) {
  return {
    rights: rightsText(terms.rights),
    from: iso8601Utc(terms.fromAt),
    until: iso8601Utc(terms.untilAt),
    purpose: terms.purpose,
  };
}

/** Terms as the contract's struct. */
export function termsStruct(terms: Terms) {
  return {
    rights: rightsNumber(terms.rights),
    from: terms.fromAt,
    until: terms.untilAt,
    purpose: PURPOSES[terms.purpose],
  };
}
