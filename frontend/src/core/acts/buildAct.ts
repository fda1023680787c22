/** Makes the call and the typed data of an act from what was asked for. */
import { MendrecError } from "../errors.ts";
import type { Address } from "../ids.ts";
import {
  type ContractName,
  contractDomain,
  type SigningTrust,
  signedActTypedData,
  type TypedData,
  type Validity,
} from "../typedData/build.ts";
import { CANCEL_TYPE } from "../typedData/consent.ts";
import {
  draftApprove,
  draftAsk,
  draftDecline,
  draftGrant,
  draftNarrow,
  draftPassOn,
  draftRenew,
  draftRenounce,
  draftRevoke,
  draftTakeBack,
  draftWithdrawRequest,
} from "./consentDrafts.ts";
import { draftEnrol, draftEnrolClinician, draftPublishRecipient } from "./directoryDrafts.ts";
import type { Draft, Facts } from "./draft.ts";
import type { ActKind, ActRequest } from "./params.ts";
import { malformedParams, ParamsReader } from "./paramsReader.ts";
import { draftAdd, draftAddBatches, draftMendPaths } from "./recordsDrafts.ts";

/** A call without its authorization, and what its signer signs. */
export type BuiltAct = {
  readonly contract: ContractName;
  readonly function: string;
  readonly args: readonly unknown[];
  readonly typedData: TypedData;
};

type Drafter = (facts: Facts, signer: Address, params: ParamsReader) => Draft;

const CONTRACTS: readonly string[] = ["Directory", "Consent", "Records"] satisfies ContractName[];
const DRAFTERS: Readonly<Record<ActKind, Drafter>> = {
  enrol: draftEnrol,
  enrol_clinician: draftEnrolClinician,
  publish_recipient: draftPublishRecipient,
  grant: draftGrant,
  renew: draftRenew,
  narrow: draftNarrow,
  revoke: draftRevoke,
  ask: draftAsk,
  approve: draftApprove,
  decline: draftDecline,
  withdraw_request: draftWithdrawRequest,
  pass_on: draftPassOn,
  take_back: draftTakeBack,
  renounce: draftRenounce,
  add: draftAdd,
  add_batches: draftAddBatches,
  mend_paths: draftMendPaths,
  cancel_nonce: draftCancelNonce,
};

/** Every kind of act there is. */
export const ACT_KINDS = Object.keys(DRAFTERS) as readonly ActKind[];

/**
 * Makes an act.
 *
 * @param facts what the node alone can know: sequences of permission blocks, the request that is answered.
 * @param trust the chain and contracts that are signed for.
 * @throws MendrecError `input.*`: what was asked for can't be made an act; `verification.node`: the facts don't fit it.
 */
export function buildAct(
  { kind, params }: ActRequest,
  signer: Address,
  facts: Facts,
  trust: SigningTrust,
  validity: Validity,
): BuiltAct {
  if (!Object.hasOwn(DRAFTERS, kind)) {
    throw new MendrecError("input.unknown_act", "There is no act of that kind.", {
      remedy: `One of: ${ACT_KINDS.join(", ")}.`,
    });
  }
  const reader = new ParamsReader(params);
  const draft = DRAFTERS[kind](facts, signer, reader);
  reader.requireAllRead();
  const domain = contractDomain(draft.contract, trust);
  return {
    contract: draft.contract,
    function: draft.function,
    args: draft.args,
    typedData: signedActTypedData(domain, draft.encodedType, draft.message, validity),
  };
}

function draftCancelNonce(_facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [contract, nonce] = [params.text("contract"), params.number("nonce", 256)];
  if (!isContract(contract)) {
    throw malformedParams("There is no such contract.", `One of: ${CONTRACTS.join(", ")}.`);
  }
  return {
    contract,
    function: "cancelNonceBySig",
    args: [signer, nonce],
    encodedType: CANCEL_TYPE,
    message: { signer, cancelledNonce: String(nonce) },
  };
}

function isContract(text: string): text is ContractName {
  return CONTRACTS.includes(text);
}
