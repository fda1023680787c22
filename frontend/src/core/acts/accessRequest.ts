/** A request for access is not believed: its id is the hash of what it asks for (`IConsent.ask`). */
import { encodeAbiParameters, keccak256 } from "viem/utils";
import { type Address, parseAddress } from "../ids.ts";
import { lyingNode } from "../lyingNode.ts";
import { ACCESS_REQUEST, keccakOfTag } from "../tags.ts";
import { orderedRights, PURPOSES, RIGHTS, type RightName, type Terms, termsStruct } from "../typedData/consent.ts";

/** What somebody asks a patient for. */
export type AccessRequest = {
  /** 64 hex digits. */
  readonly requestIdHex: string;
  readonly patient: Address;
  readonly requester: Address;
  /** Numbers, in the order of the request. */
  readonly categories: readonly number[];
  readonly terms: Terms;
};

/** As the node tells of one (`AccessRequestAnswered`). */
export type AccessRequestTold = {
  readonly request_id_hex: string;
  readonly patient: string;
  readonly requester: string;
  readonly category_codes: readonly string[];
  readonly rights: readonly string[];
  readonly from_at: number;
  readonly until_at: number;
  readonly purpose: string;
};

const REQUEST_TAG = keccakOfTag(ACCESS_REQUEST);
const REQUEST_TYPES = [
  { type: "bytes32" },
  { type: "address" },
  { type: "address" },
  { type: "uint16[]" },
  {
    type: "tuple",
    components: [
      { name: "rights", type: "uint8" },
      { name: "from", type: "uint40" },
      { name: "until", type: "uint40" },
      { name: "purpose", type: "uint8" },
    ],
  },
] as const;

/**
 * A request as the node tells of it, after checking that its id is that of what it is said to ask for.
 *
 * @param categories number → code, as the directory has them.
 * @throws MendrecError `verification.node`: it is another's, or in words that are none.
 */
export function checkedAccessRequest(told: AccessRequestTold, categories: ReadonlyMap<number, string>): AccessRequest {
  const numbers = new Map([...categories].map(([number, code]) => [code, number]));
  const found = told.category_codes.map((code) => numbers.get(code));
  const isKnown = told.rights.every((word) => Object.hasOwn(RIGHTS, word)) && Object.hasOwn(PURPOSES, told.purpose);
  if (!isKnown || found.includes(undefined)) {
    throw lyingNode("The node tells of a request in words that are none.");
  }
  const request: AccessRequest = {
    requestIdHex: told.request_id_hex,
    patient: addressTold(told.patient),
    requester: addressTold(told.requester),
    categories: found.filter((number) => number !== undefined),
    terms: {
      rights: orderedRights(told.rights as readonly RightName[]),
      fromAt: told.from_at,
      untilAt: told.until_at,
      purpose: told.purpose as Terms["purpose"],
    },
  };
  requireRequestId(request);
  return request;
}

/** Throws `verification.node` unless a request's id is that of what it is said to ask for. */
export function requireRequestId(request: AccessRequest): void {
  if (requestIdHex(request) !== request.requestIdHex) {
    throw lyingNode("The node tells of another request than the one that was named.");
  }
}

function requestIdHex(request: AccessRequest): string {
  try {
    const data = encodeAbiParameters(REQUEST_TYPES, [
      REQUEST_TAG,
      request.patient,
      request.requester,
      [...request.categories],
      termsStruct(request.terms),
    ]);
    return keccak256(data).slice(2);
  } catch (cause) {
    throw lyingNode("The node tells of a request that can't be one.", cause);
  }
}

/** An address in its one spelling: what is compared later is compared as text. */
function addressTold(text: string): Address {
  try {
    return parseAddress(text);
  } catch (cause) {
    throw lyingNode("The node tells of a request that can't be one.", cause);
  }
}
