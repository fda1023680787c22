/** An entry as the chain itself tells it, asked through the wallet. */
import { decodeFunctionResult, encodeFunctionData } from "viem/utils";
import type { ChainEntry } from "../../core/chainLink.ts";
import { type Address, parseAddress } from "../../core/ids.ts";
import { lyingNode } from "../../core/lyingNode.ts";
import type { ChainCall } from "../../core/typedData/contractWallet.ts";
import { recordsAbi } from "../../generated/contracts.ts";

/** The entry as the contract holds it. Throws `verification.node` where what comes is no answer of that contract. */
export async function entryOnChain(
  call: ChainCall,
  records: Address,
  patient: Address,
  sequence: number,
): Promise<ChainEntry> {
  const parameters = { abi: recordsAbi, functionName: "entry" } as const;
  const data = await call(records, encodeFunctionData({ ...parameters, args: [patient, BigInt(sequence)] }));
  const held = decoded(() => decodeFunctionResult({ ...parameters, data }));
  return {
    patient,
    sequence,
    author: parseAddress(held.author),
    category: held.category,
    location: held.location,
    digestHex: held.digest.slice(2),
    recordedAt: held.recordedAt,
    count: held.count,
  };
}

/** Throws `verification.node` where what was answered can't be read. */
export function decoded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw lyingNode("What answers for the chain is not the contract that is known.", cause);
  }
}
