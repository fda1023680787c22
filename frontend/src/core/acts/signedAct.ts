/** A checked act with its signature, as the node takes it, and its id (`domain/signed_act.py`). */
import { concatBytes, toUtf8 } from "../bytes.ts";
import { sha256Hex } from "../sha256.ts";
import { SIGNED_ACT } from "../tags.ts";
import { type CheckedAct, spelled } from "./requireAsAsked.ts";

/** The body of `POST /v1/acts`. */
export type SignedActBody = {
  readonly contract: CheckedAct["contract"];
  readonly function: string;
  readonly args: readonly unknown[];
  readonly nonce: number;
  readonly deadline_at: number;
  readonly signature: `0x${string}`;
};

export function signedActBody(act: CheckedAct, signature: `0x${string}`): SignedActBody {
  return {
    contract: act.contract,
    function: act.function,
    args: act.args,
    nonce: act.nonce,
    deadline_at: act.deadlineAt,
    signature,
  };
}

/** 64 hex digits: what is asked for, by whom, with this very signature. The node's answer has to name the same. */
export function signedActIdHex(act: CheckedAct, signature: `0x${string}`): string {
  // Bytes of any size, here a verifier's signature, have one spelling in an id: lower case.
  const args = act.args.map((one) => (typeof one === "string" && isLongHex(one) ? one.toLowerCase() : one));
  const authorization = { nonce: act.nonce, deadline: act.deadlineAt, signature: signature.toLowerCase() };
  const text = spelled([act.contract, act.function, [...args, authorization]]);
  return sha256Hex(concatBytes(toUtf8(SIGNED_ACT), toUtf8(text)));
}

/** Longer than an address, whose capitals are its checksum and stay. */
function isLongHex(text: string): boolean {
  return /^0x[0-9a-fA-F]{41,}$/.test(text);
}
