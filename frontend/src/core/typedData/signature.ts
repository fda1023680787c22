/** Hashing typed data and telling who signed it. The one importer of viem's signature functions. */
import { hashTypedData, recoverAddress } from "viem/utils";
import { MendrecError } from "../errors.ts";
import { type Address, parseAddress } from "../ids.ts";
import type { TypedData } from "./build.ts";

const CANONICAL_SIGNATURE = /^0x([0-9a-f]{64})([0-9a-f]{64})(1b|1c)$/i;
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** The 32 bytes that are signed (EIP-712), as `0x` and hex. Throws `input.invalid` for what is no typed data. */
export function typedDataDigest(typedData: TypedData): `0x${string}` {
  try {
    return hashTypedData(typedData as Parameters<typeof hashTypedData>[0]);
  } catch (cause) {
    throw new MendrecError("input.invalid", "The typed data is not well formed (EIP-712).", { cause });
  }
}

/**
 * The address whose key made `signature` over `typedData`. Only the one form that OpenZeppelin's ECDSA takes is taken here:
 * 65 bytes, s in the lower half, v 27 or 28.
 *
 * @throws MendrecError `verification.signature`: any other form, or no key at all.
 */
export async function recoverTypedDataSigner(typedData: TypedData, signature: `0x${string}`): Promise<Address> {
  return recover(typedDataDigest(typedData), signature);
}

/** Throws `verification.signature` unless `signer` signed exactly this; returns the digest that was signed. */
export async function requireTypedDataSigner(
  typedData: TypedData,
  signature: `0x${string}`,
  signer: Address,
): Promise<`0x${string}`> {
  const digest = typedDataDigest(typedData);
  if ((await recover(digest, signature)) !== signer) {
    throw invalidSignature(`The signature is not ${signer}'s over this.`, signer);
  }
  return digest;
}

/** Lower case, and v as 27 or 28, which is the one form that contracts take: some wallets write 0 or 1. */
export function normalSignature(signature: `0x${string}`): `0x${string}` {
  const text = signature.toLowerCase() as `0x${string}`;
  if (text.length === 132 && (text.endsWith("00") || text.endsWith("01"))) {
    return `${text.slice(0, -2)}${text.endsWith("00") ? "1b" : "1c"}` as `0x${string}`;
  }
  return text;
}

/** `verification.signature`. */
export function invalidSignature(message: string, signer?: Address): MendrecError {
  return new MendrecError("verification.signature", message, {
    remedy: "Sign again with the wallet of the address named; check that it is on the right chain.",
    ...(signer === undefined ? {} : { details: { signer } }),
  });
}

async function recover(hash: `0x${string}`, signature: `0x${string}`): Promise<Address> {
  const s = CANONICAL_SIGNATURE.exec(signature)?.[2];
  if (s === undefined || BigInt(`0x${s}`) > HALF_ORDER) {
    throw invalidSignature("Not a signature of an Ethereum key in its canonical form.");
  }
  try {
    return parseAddress(await recoverAddress({ hash, signature }));
  } catch {
    throw invalidSignature("Not a signature of an Ethereum key.");
  }
}
