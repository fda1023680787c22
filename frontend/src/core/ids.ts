/** Parsing of identifiers at the edge. The keccak here is the checksum of EIP-55 only. */
import { getAddress } from "viem/utils";
import { MendrecError } from "./errors.ts";

/** `0x` and 40 hex digits, EIP-55. */
export type Address = `0x${string}`;

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const DIGEST_HEX = /^[0-9a-f]{64}$/;
const ADDRESS_REMEDY = "An address is 0x and 40 hex digits; copy it again from where it was shown.";

/**
 * The EIP-55 form of `text`.
 *
 * @throws MendrecError `input.malformed_address`: wrong shape, or mixed case with a wrong checksum.
 */
export function parseAddress(text: string): Address {
  if (!ADDRESS.test(text)) {
    throw new MendrecError("input.malformed_address", "This is not an Ethereum address.", { remedy: ADDRESS_REMEDY });
  }
  const checksummed = getAddress(text);
  const digits = text.slice(2);
  const isMixedCase = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
  if (isMixedCase && text !== checksummed) {
    throw new MendrecError("input.malformed_address", "The address has a wrong checksum; a digit may be mistyped.", {
      remedy: ADDRESS_REMEDY,
    });
  }
  return checksummed;
}

/**
 * `text` as 64 lower-case hex digits without a prefix; `0x` and upper case are taken.
 *
 * @throws MendrecError `input.invalid`: any other shape.
 */
export function parseDigestHex(text: string): string {
  const digestHex = text.replace(/^0x/, "").toLowerCase();
  if (!DIGEST_HEX.test(digestHex)) {
    throw new MendrecError("input.invalid", "A digest is 64 hex digits (SHA-256).", {
      remedy: "Copy it again from where it was shown.",
    });
  }
  return digestHex;
}
