/**
 * Shamir's secret sharing over GF(2^8) in HashiCorp Vault's form. The only importer of `shamir-secret-sharing`.
 *
 * A share is the secret's length plus one byte: the polynomials' values, then the x-coordinate (1 to 255). A threshold of 1
 * is the polynomial of degree 0: the secret itself and an x-coordinate. The library refuses that case because nothing is
 * hidden by it; it is built here in the same form, so that one custodian and many differ in numbers only.
 */
import { combine as libraryCombine, split as librarySplit } from "shamir-secret-sharing";
import { asBytes, type Bytes, concatBytes } from "./bytes.ts";
import { MendrecError } from "./errors.ts";

const SHARES_MAX = 255;

/** `input.threshold`: the threshold and the number of shares do not fit each other. */
export function invalidThreshold(message: string): MendrecError {
  return new MendrecError("input.threshold", message);
}

/**
 * `total` shares, any `threshold` of which make `secret` again; the x-coordinates are random. Throws `input.threshold`
 * unless 1 <= threshold <= total <= 255 and the secret is not empty.
 */
export async function split(
  secret: Uint8Array,
  { total, threshold }: { readonly total: number; readonly threshold: number },
): Promise<Bytes[]> {
  const isPossible = 1 <= threshold && threshold <= total && total <= SHARES_MAX && secret.length > 0;
  if (!isPossible) {
    throw invalidThreshold(`${threshold} of ${total} is not a possible sharing.`);
  }
  if (threshold === 1) {
    return coordinates(total).map((x) => concatBytes(secret, Uint8Array.of(x)));
  }
  return (await librarySplit(secret, total, threshold)).map(asBytes);
}

/**
 * The secret that `threshold` of `shares` make; further shares are not used.
 *
 * NOTE: Shamir's scheme cannot tell a wrong share: the result is then another secret. Check the shares against their
 * commitments before, and the secret against its public half after.
 *
 * Throws `verification.cannot_combine`: too few, of different lengths, or two with one x-coordinate.
 */
export async function combine(shares: readonly Uint8Array[], { threshold }: { threshold: number }): Promise<Bytes> {
  const used = shares.slice(0, Math.max(threshold, 0));
  const [first] = used;
  if (first === undefined || used.length < threshold) {
    throw cannotCombine(`${threshold} shares are needed; there are ${used.length}.`);
  }
  if (used.some((share) => share.length !== first.length || share.length < 2 || share.at(-1) === 0)) {
    throw cannotCombine("The shares do not fit each other.");
  }
  if (threshold === 1) {
    return new Uint8Array(first.subarray(0, -1));
  }
  try {
    return asBytes(await libraryCombine([...used]));
  } catch (cause) {
    throw cannotCombine("The shares do not fit each other.", cause);
  }
}

function cannotCombine(message: string, cause?: unknown): MendrecError {
  return new MendrecError("verification.cannot_combine", message, { cause });
}

/** `count` different numbers from 1 to 255, each choice as likely as any other. */
function coordinates(count: number): number[] {
  const found = new Set<number>();
  while (found.size < count) {
    for (const byte of crypto.getRandomValues(new Uint8Array(2 * count))) {
      if (byte !== 0 && found.size < count) {
        found.add(byte);
      }
    }
  }
  return [...found];
}
