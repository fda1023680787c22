/** Asking a contract wallet for its word on a signature (EIP-1271). It is believed for itself only. */
import { encodeFunctionData } from "viem/utils";
import type { Address } from "../ids.ts";
import { invalidSignature } from "./signature.ts";

const ABI = [
  {
    type: "function",
    name: "isValidSignature",
    stateMutability: "view",
    inputs: [
      { name: "hash", type: "bytes32" },
      { name: "signature", type: "bytes" },
    ],
    outputs: [{ name: "", type: "bytes4" }],
  },
] as const;
/** The answer of one that agrees: a whole word, for what only echoes the question begins with the same four bytes. */
const AGREES = `0x1626ba7e${"00".repeat(28)}`;

/** `eth_call` on the latest block of the chain that the wallet is on. */
export type ChainCall = (to: Address, data: `0x${string}`) => Promise<`0x${string}`>;

/**
 * Asks the contract at `account` whether a signature over a digest is its own.
 *
 * @throws MendrecError `verification.signature`: there is no such contract, or it does not agree; what `call` throws.
 */
export async function requireContractAgrees(
  call: ChainCall,
  account: Address,
  digest: `0x${string}`,
  signature: `0x${string}`,
): Promise<void> {
  const question = encodeFunctionData({ abi: ABI, functionName: "isValidSignature", args: [digest, signature] });
  const data = await call(account, question);
  if (!data.toLowerCase().startsWith(AGREES)) {
    throw invalidSignature(`The signature is not ${account}'s over this.`, account);
  }
}
