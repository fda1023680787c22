import { isCode, MendrecError } from "../core/errors.ts";
import { type ChainCall, requireContractAgrees } from "../core/typedData/contractWallet.ts";
import { normalSignature, requireTypedDataSigner, typedDataDigest } from "../core/typedData/signature.ts";
import type { TypedData } from "../wallet/types.ts";
import type { Address, Client } from "./types.ts";

/**
 * The wallet's signature, in the one form that contracts take, once it is sure that it is the account's: a wallet that signed
 * with another key would else leave, for good, a record that nobody can verify.
 *
 * Throws `wallet.wrong_signature`; what `wallet.call` throws where the chain had to be asked.
 */
export async function requireSignedByOneself(
  { wallet, account }: Client,
  typedData: TypedData,
  given: `0x${string}`,
): Promise<`0x${string}`> {
  const signature = normalSignature(given);
  try {
    await requireTypedDataSigner(typedData, signature, account);
    return signature;
  } catch (error) {
    if (!isCode(error, NOT_BY_SIGNER)) {
      throw error;
    }
  }
  // Not the account's key. The account may be a contract, whose signatures recover to an owner's key or to nothing: as
  // wherever a signature is checked, its own word on the chain counts then (EIP-1271).
  try {
    const call: ChainCall = (to, data) => wallet.call({ to, data });
    await requireContractAgrees(call, account, typedDataDigest(typedData), signature);
    return signature;
  } catch (error) {
    if (isCode(error, NOT_BY_SIGNER) || isCode(error, REVERTED)) {
      throw wrongSignature(account, error);
    }
    throw error;
  }
}

const NOT_BY_SIGNER = "verification.signature";
const REVERTED = "refused";

function wrongSignature(account: Address, cause: unknown): MendrecError {
  return new MendrecError("wallet.wrong_signature", "The wallet signed with another account than the one signed in.", {
    remedy: "The signature was neither kept nor sent. Choose that account in the wallet, then repeat.",
    details: { account },
    cause,
  });
}
