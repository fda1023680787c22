import type { TypedData } from "./types.ts";

const DOMAIN_MEMBERS = [
  ["name", "string"],
  ["version", "string"],
  ["chainId", "uint256"],
  ["verifyingContract", "address"],
  ["salt", "bytes32"],
] as const;

/**
 * Typed data as the text that `eth_signTypedData_v4` takes: `EIP712Domain` among the types, and numbers that a double
 * can't hold as decimal strings.
 */
export function wireTypedData({ domain, types, primaryType, message }: TypedData): string {
  const stated = DOMAIN_MEMBERS.filter(([name]) => domain[name] !== undefined && domain[name] !== null);
  const EIP712Domain = types.EIP712Domain ?? stated.map(([name, type]) => ({ name, type }));
  return JSON.stringify(
    { types: { ...types, EIP712Domain }, primaryType, domain, message },
    (_name, value: unknown) => {
      if (typeof value === "bigint") {
        return value.toString();
      }
      return typeof value === "number" && !Number.isSafeInteger(value) ? BigInt(value).toString() : value;
    },
  );
}
