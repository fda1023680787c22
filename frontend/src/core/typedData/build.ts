/** The generic part of EIP-712 typed data: type strings, domains, and times as people read them. Signs and hashes nothing. */
import { MendrecError } from "../errors.ts";
import type { Address } from "../ids.ts";

/** EIP-712 `types`: type name → members in order. */
export type Types = Readonly<Record<string, readonly { readonly name: string; readonly type: string }[]>>;

/** Typed data in the JSON form of `eth_signTypedData_v4`. */
export type TypedData = {
  readonly domain: Record<string, unknown>;
  readonly types: Record<string, readonly { readonly name: string; readonly type: string }[]>;
  readonly primaryType: string;
  readonly message: Record<string, unknown>;
};

/** An EIP-712 domain: what keeps a signature from counting elsewhere. */
export type Domain = {
  readonly name: string;
  readonly version: string;
  readonly chainId?: number;
  readonly verifyingContract?: Address;
};

export type ContractName = "Directory" | "Consent" | "Records";

/** The chain and the contracts that signatures are made for. */
export type SigningTrust = {
  readonly chainId: number;
  readonly records: Address;
  readonly consent: Address;
  readonly directory: Address;
};

/** How often and how long a signature counts. */
export type Validity = {
  /** Any number that the signer has not used in this contract; it serves once. */
  readonly nonce: number;
  /** Unix seconds, the last second in which it may be submitted. */
  readonly deadlineAt: number;
};

const DOMAIN_TYPES = {
  name: "string",
  version: "string",
  chainId: "uint256",
  verifyingContract: "address",
} as const;
/** 9999-12-31T23:59:59Z, the last second that four digits of a year can show. */
const ISO8601_LAST_SECOND = 253_402_300_799;

/** The domain of one of the contracts. */
export function contractDomain(contract: ContractName, trust: SigningTrust): Domain {
  const addresses = { Directory: trust.directory, Consent: trust.consent, Records: trust.records };
  return {
    name: `Mendrec ${contract}`,
    version: "1",
    chainId: trust.chainId,
    verifyingContract: addresses[contract],
  };
}

/** Splits an EIP-712 `encodeType` string, as Solidity has it, into the primary type's name and the types. */
export function parseType(encodedType: string): { readonly primaryType: string; readonly types: Types } {
  const found: [string, { name: string; type: string }[]][] = [];
  for (const [, name = "", members = ""] of encodedType.matchAll(/(\w+)\(([^()]*)\)/g)) {
    const pairs = members
      .split(",")
      .filter((member) => member !== "")
      .map((member) => member.split(" "));
    found.push([name, pairs.map(([type = "", memberName = ""]) => ({ name: memberName, type }))]);
  }
  return { primaryType: found[0]?.[0] ?? "", types: Object.fromEntries(found) };
}

/**
 * What `eth_signTypedData_v4` takes. `types` comes without `EIP712Domain`, which is derived from the domain; `message` is
 * JSON-safe: bytes as 0x-hex, integers that may pass 2^53 as decimal strings.
 */
export function typedData(domain: Domain, encodedType: string, message: Readonly<Record<string, unknown>>): TypedData {
  const { primaryType, types } = parseType(encodedType);
  const members = (["name", "version", "chainId", "verifyingContract"] as const).filter(
    (name) => domain[name] !== undefined,
  );
  return {
    types: { EIP712Domain: members.map((name) => ({ name, type: DOMAIN_TYPES[name] })), ...types },
    primaryType,
    domain: Object.fromEntries(members.map((name) => [name, domain[name]])),
    message: { ...message },
  };
}

/** The typed data of a signed act, to which the nonce and the last second are added (`SignedActs.sol`). */
export function signedActTypedData(
  domain: Domain,
  encodedType: string,
  members: Readonly<Record<string, unknown>>,
  validity: Validity,
): TypedData {
  return typedData(domain, encodedType, {
    ...members,
    nonce: String(validity.nonce),
    signatureValidUntil: iso8601Utc(validity.deadlineAt),
  });
}

/** `YYYY-MM-DDTHH:MM:SSZ`, the one form in which signed acts show times. Throws `input.time_not_representable`. */
export function iso8601Utc(unixSeconds: number): string {
  if (!Number.isInteger(unixSeconds) || unixSeconds < 0 || unixSeconds > ISO8601_LAST_SECOND) {
    throw new MendrecError("input.time_not_representable", "The time is before 1970 or after the year 9999.", {
      remedy: "Give a time between 1970 and 9999.",
    });
  }
  return new Date(unixSeconds * 1000).toISOString().replace(".000Z", "Z");
}
