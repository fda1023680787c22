/** Acts of Consent, from their parameters to a call and the words to be signed (`services/act_drafts.py`). */
import type { Address } from "../ids.ts";
import { iso8601Utc } from "../typedData/build.ts";
import {
  APPROVE_TYPE,
  ASK_TYPE,
  DECLINE_TYPE,
  GRANT_TYPE,
  NARROW_TYPE,
  PASS_ON_TYPE,
  RENEW_TYPE,
  RENOUNCE_TYPE,
  REVOKE_TYPE,
  rightsNumber,
  rightsText,
  TAKE_BACK_TYPE,
  termsStruct,
  termsWords,
  WITHDRAW_REQUEST_TYPE,
} from "../typedData/consent.ts";
import type { Draft, Facts } from "./draft.ts";
import type { ParamsReader } from "./paramsReader.ts";

export function draftGrant(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [grantee, categories, terms] = [params.address("grantee"), params.texts("categories"), params.terms()];
  const numbers = facts.numbers(categories);
  const sequences = facts.sequences(numbers);
  return consent("grantBySig", [signer, grantee, numbers, termsStruct(terms), sequences], GRANT_TYPE, {
    patient: signer,
    grantee,
    categories,
    ...termsWords(terms),
    sequences,
  });
}

export function draftRenew(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [grantee, categories] = [params.address("grantee"), params.texts("categories")];
  const untilAt = params.number("until_at", 40);
  const numbers = facts.numbers(categories);
  const sequences = facts.sequences(numbers);
  const message = { patient: signer, grantee, categories, until: iso8601Utc(untilAt), sequences };
  return consent("renewBySig", [signer, grantee, numbers, untilAt, sequences], RENEW_TYPE, message);
}

export function draftNarrow(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [grantee, categories] = [params.address("grantee"), params.texts("categories")];
  const [rights, untilAt] = [params.rights(), params.number("until_at", 40)];
  const numbers = facts.numbers(categories);
  const sequences = facts.sequences(numbers);
  return consent("narrowBySig", [signer, grantee, numbers, rightsNumber(rights), untilAt, sequences], NARROW_TYPE, {
    patient: signer,
    grantee,
    categories,
    rights: rightsText(rights),
    until: iso8601Utc(untilAt),
    sequences,
  });
}

export function draftRevoke(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [grantee, categories] = [params.address("grantee"), params.texts("categories")];
  const numbers = facts.numbers(categories);
  const sequences = facts.sequences(numbers);
  const message = { patient: signer, grantee, categories, sequences };
  return consent("revokeBySig", [signer, grantee, numbers, sequences], REVOKE_TYPE, message);
}

export function draftAsk(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [patient, categories, terms] = [params.address("patient"), params.texts("categories"), params.terms()];
  const args = [signer, patient, facts.numbers(categories), termsStruct(terms)];
  return consent("askBySig", args, ASK_TYPE, { requester: signer, patient, categories, ...termsWords(terms) });
}

export function draftApprove(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const { request, codes } = facts.request(params.digestHex("request_id_hex"));
  const { requester, terms } = request;
  const sequences = facts.sequences(request.categories);
  return consent("approveBySig", [signer, requester, request.categories, termsStruct(terms), sequences], APPROVE_TYPE, {
    patient: signer,
    requester,
    categories: codes,
    ...termsWords(terms),
    sequences,
  });
}

export function draftDecline(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const { request, codes } = facts.request(params.digestHex("request_id_hex"));
  const { requester, terms } = request;
  const message = { patient: signer, requester, categories: codes, ...termsWords(terms) };
  return consent("declineBySig", [signer, requester, request.categories, termsStruct(terms)], DECLINE_TYPE, message);
}

export function draftWithdrawRequest(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const { request, codes } = facts.request(params.digestHex("request_id_hex"));
  const { patient, terms } = request;
  return consent(
    "withdrawRequestBySig",
    [signer, patient, request.categories, termsStruct(terms)],
    WITHDRAW_REQUEST_TYPE,
    { requester: signer, patient, categories: codes, ...termsWords(terms) },
  );
}

export function draftPassOn(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [patient, grantee] = [params.address("patient"), params.address("grantee")];
  const [categories, terms] = [params.texts("categories"), params.terms()];
  const numbers = facts.numbers(categories);
  const sequences = facts.sequences(numbers);
  return consent("passOnBySig", [signer, patient, grantee, numbers, termsStruct(terms), sequences], PASS_ON_TYPE, {
    delegator: signer,
    patient,
    grantee,
    categories,
    ...termsWords(terms),
    sequences,
  });
}

export function draftTakeBack(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [patient, grantee] = [params.address("patient"), params.address("grantee")];
  const categories = params.texts("categories");
  const message = { delegator: signer, patient, grantee, categories };
  return consent("takeBackBySig", [signer, patient, grantee, facts.numbers(categories)], TAKE_BACK_TYPE, message);
}

export function draftRenounce(facts: Facts, signer: Address, params: ParamsReader): Draft {
  const [patient, categories] = [params.address("patient"), params.texts("categories")];
  const message = { grantee: signer, patient, categories };
  return consent("renounceBySig", [signer, patient, facts.numbers(categories)], RENOUNCE_TYPE, message);
}

function consent(
  name: string,
  args: readonly unknown[],
  encodedType: string,
  message: Readonly<Record<string, unknown>>,
): Draft {
  return { contract: "Consent", function: name, args, encodedType, message };
}
