/** What the contracts would answer after the acts that a scripted node took on. */
import { decodeFunctionData, encodeFunctionResult, keccak256, stringToHex } from "viem";
import { consentAbi, directoryAbi } from "../../generated/contracts.ts";

type Terms = {
  readonly rights: number;
  readonly from: number;
  readonly until: number;
  readonly purpose: number;
  readonly passedOn: boolean;
};
type Asked = { readonly to: string; readonly data: `0x${string}` };

const NONE: Terms = { rights: 0, from: 0, until: 0, purpose: 0, passedOn: false };
const REST = { sequence: 5, generation: 1, revokedByPatient: false, patientSequence: 5 };

export class ScriptedChain {
  readonly #codes: ReadonlyMap<number, string>;
  readonly #blocks = new Map<string, Terms>();

  constructor(codes: ReadonlyMap<number, string>) {
    this.#codes = codes;
  }

  /** Does what an act of Consent does to permission blocks. */
  apply(name: string, args: readonly unknown[]): void {
    const [one, two, three, four, five] = args;
    const set = (patient: unknown, grantee: unknown, numbers: unknown, change: Partial<Terms>) => {
      for (const number of numbers as readonly number[]) {
        const place = placeOf(patient, grantee, number);
        this.#blocks.set(place, { ...(this.#blocks.get(place) ?? NONE), ...change });
      }
    };
    if (name === "grantBySig" || name === "approveBySig") set(one, two, three, four as Terms);
    else if (name === "renewBySig") set(one, two, three, { until: four as number });
    else if (name === "narrowBySig") set(one, two, three, { rights: four as number, until: five as number });
    else if (name === "revokeBySig") set(one, two, three, NONE);
    else if (name === "passOnBySig") set(two, three, four, { ...(five as Terms), passedOn: true });
    else if (name === "takeBackBySig") set(two, three, four, NONE);
    else if (name === "renounceBySig") set(two, one, three, NONE);
  }

  /** Null for what is none of these contracts' functions. */
  answer({ data }: Asked): `0x${string}` | null {
    const found = asked(data);
    if (found?.functionName === "permission") {
      const [patient, grantee, number] = found.args;
      const result = { ...(this.#blocks.get(placeOf(patient, grantee, number)) ?? NONE), ...REST };
      return encodeFunctionResult({ abi: consentAbi, functionName: "permission", result });
    }
    if (found?.functionName === "categoryCodeHash") {
      const result = keccak256(stringToHex(this.#codes.get(found.args[0]) ?? ""));
      return encodeFunctionResult({ abi: directoryAbi, functionName: "categoryCodeHash", result });
    }
    return null;
  }
}

function asked(data: `0x${string}`) {
  try {
    return decodeFunctionData({ abi: [...consentAbi, ...directoryAbi], data });
  } catch {
    return null;
  }
}

function placeOf(patient: unknown, grantee: unknown, number: number): string {
  return `${patient} ${grantee} ${number}`.toLowerCase();
}
