import { toHex, toUtf8 } from "../core/bytes.ts";
import { sha256Hex } from "../core/sha256.ts";

/**
 * A commitment to a licence number, 64 hex digits, that tells nobody the number: a hash with a fresh salt.
 *
 * The salt is what opens it later, to whoever may ask: it is for the clinician to keep.
 */
export function licenceCommitment(licence: string): { readonly commitmentHex: string; readonly saltHex: string } {
  const saltHex = toHex(crypto.getRandomValues(new Uint8Array(32)));
  return {
    commitmentHex: sha256Hex(toUtf8(`mendrec/licence/v1\n${saltHex}\n${licence.normalize("NFC").trim()}`)),
    saltHex,
  };
}
