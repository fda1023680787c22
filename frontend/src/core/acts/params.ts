/**
 * The parameters of every act, in the form that the node takes (docs/api.md): addresses in EIP-55, `*_at` in Unix seconds,
 * digests as hex, categories, rights, purposes and reasons as words. The same object is sent and checked against.
 */
import type { Address } from "../ids.ts";
import type { ContractName } from "../typedData/build.ts";
import type { PurposeName, RightName } from "../typedData/consent.ts";
import type { MendReasonName } from "../typedData/records.ts";

type TermsParams = {
  readonly rights: readonly RightName[];
  readonly from_at: number;
  readonly until_at: number;
  readonly purpose: PurposeName;
};
type Tip = { readonly sequence: number; readonly previous_link_hex: string };
type Categories = { readonly categories: readonly string[] };

export type BatchParams = {
  readonly category: string;
  readonly location: number;
  readonly count: number;
  readonly root_hex: string;
  readonly list_digest_hex: string;
};

/** Kind → parameters. `add` and `add_batches` are always told what they are put on: else the node could choose it. */
export type ActParams = {
  enrol: { readonly recipient: string };
  publish_recipient: { readonly recipient: string };
  enrol_clinician: {
    readonly recipient: string;
    readonly verifier: Address;
    readonly verifier_signature_hex: string;
    readonly credential: {
      readonly clinician: Address;
      readonly institution: Address;
      readonly licence_commitment_hex: string;
      readonly issued_at: number;
      readonly expires_at: number;
    };
  };
  grant: { readonly grantee: Address } & Categories & TermsParams;
  renew: { readonly grantee: Address; readonly until_at: number } & Categories;
  narrow: { readonly grantee: Address; readonly rights: readonly RightName[]; readonly until_at: number } & Categories;
  revoke: { readonly grantee: Address } & Categories;
  ask: { readonly patient: Address } & Categories & TermsParams;
  approve: { readonly request_id_hex: string };
  decline: { readonly request_id_hex: string };
  withdraw_request: { readonly request_id_hex: string };
  pass_on: { readonly patient: Address; readonly grantee: Address } & Categories & TermsParams;
  take_back: { readonly patient: Address; readonly grantee: Address } & Categories;
  renounce: { readonly patient: Address } & Categories;
  add: {
    readonly patient: Address;
    readonly category: string;
    readonly location: number;
    readonly digest_hex: string;
  } & Tip;
  add_batches: { readonly patient: Address; readonly batches: readonly BatchParams[] } & Tip;
  mend_paths: {
    readonly entries: readonly { readonly patient: Address; readonly sequence: number }[];
    readonly to_location: number;
    readonly reason: MendReasonName;
  };
  cancel_nonce: { readonly contract: ContractName; readonly nonce: number };
};

export type ActKind = keyof ActParams;

/** A kind with its parameters. */
export type ActRequest = { [K in ActKind]: { readonly kind: K; readonly params: ActParams[K] } }[ActKind];
