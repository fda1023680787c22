/** What a contract said to a transaction of one's own, in the words that the node has for it. */
import type { Abi } from "viem";
import { decodeErrorResult } from "viem/utils";
import { isCode, MendrecError } from "../core/errors.ts";
import type { ContractName } from "../core/typedData/build.ts";
import { refusalWords } from "../generated/contracts.ts";

/** The refusal behind an error of the wallet's, as the node would tell it; any other error as it is. */
export function contractRefusal(error: unknown, contract: ContractName, abi: Abi): unknown {
  const data = isCode(error, "refused.contract") ? error.details.revert_data : undefined;
  if (typeof data !== "string") {
    return error;
  }
  try {
    const { errorName, args = [], abiItem } = decodeErrorResult({ abi, data: data as `0x${string}` });
    const words = refusalWords[`${contract}.${errorName}`] ?? refusalWords[errorName];
    if (words === undefined) {
      return error;
    }
    const inputs = "inputs" in abiItem ? (abiItem.inputs ?? []) : [];
    const values = new Map(inputs.map(({ name }, at) => [name ?? "", String(args[at])]));
    const message = words.sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values.get(name) ?? whole);
    const details = { contract, name: errorName };
    return new MendrecError(`refused.${contract}.${errorName}`, message, {
      remedy: words.remedy,
      details,
      cause: error,
    });
  } catch {
    return error; // an error of another contract, or none at all
  }
}
