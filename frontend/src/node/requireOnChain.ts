import { decodeFunctionResult, encodeFunctionData, keccak256, stringToHex } from "viem/utils";
import type { CheckedAct } from "../core/acts/requireAsAsked.ts";
import { isCode } from "../core/errors.ts";
import { askedOfWallet, LEDGER_BEHIND_MS, ledgerBehind, ledgerNotAsked } from "../core/ledger.ts";
import { stillOpen } from "../core/mayHappen.ts";
import type { ChainCall } from "../core/typedData/contractWallet.ts";
import { pause } from "../core/waiting.ts";
import { consentAbi, directoryAbi } from "../generated/contracts.ts";
import { requireChain } from "../wallet/requireChain.ts";
import type { Address, Client } from "./types.ts";

type Terms = { readonly rights: number; readonly from: number; readonly until: number; readonly purpose: number };

/** A permission block as an act leaves it: by patient, grantee and category number; of the terms, those that it says. */
type Left = {
  readonly patient: Address;
  readonly grantee: Address;
  readonly numbers: readonly number[];
  readonly terms: Partial<Terms>;
  /** Whether access stands; an end leaves no rights at all. */
  readonly stands: boolean;
  /** What the patient has given anew since is theirs, and no part of what was passed on. */
  readonly ofPassedOn?: true;
};

/**
 * Looks, through the wallet, whether the permissions on the chain are as a person's act leaves them, once the node says that it
 * is done. Other acts than those that give, change or end access are not looked for.
 *
 * Throws `unavailable.ledger` where the chain could not be asked, `unavailable.ledger.behind` where it shows something else.
 */
export async function requireOnChain(client: Client, act: CheckedAct, signal?: AbortSignal): Promise<void> {
  const left = leftBy(act);
  if (left === null) {
    return;
  }
  const codes = act.typedData.message.categories as readonly string[];
  const { wallet, trust } = client;
  const call: ChainCall = (to, data) => askedOfWallet(() => wallet.call({ to, data }), signal);
  try {
    for (const pauseMs of [...LEDGER_BEHIND_MS, null]) {
      await askedOfWallet(() => requireChain(wallet, trust.chainId), signal);
      if (await isShown(client, left, codes, call)) {
        return;
      }
      if (pauseMs !== null) {
        await pause(pauseMs, signal);
      }
    }
  } catch (error) {
    throw stillOpen(isCode(error, "cancelled") ? error : ledgerNotAsked(error));
  }
  throw stillOpen(ledgerBehind());
}

function leftBy({ contract, function: name, args }: CheckedAct): Left | null {
  if (contract !== "Consent") {
    return null;
  }
  const [one, two, three, four, five] = args;
  const own = { patient: one as Address, grantee: two as Address, numbers: three as readonly number[], stands: true };
  switch (name) {
    case "grantBySig":
    case "approveBySig":
      return { ...own, terms: four as Terms };
    case "renewBySig":
      return { ...own, terms: { until: four as number } };
    case "narrowBySig":
      return { ...own, terms: { rights: four as number, until: five as number } };
    case "revokeBySig":
      return { ...own, terms: {}, stands: false };
    case "passOnBySig":
      return {
        patient: two as Address,
        grantee: three as Address,
        numbers: four as readonly number[],
        terms: five as Terms,
        stands: true,
      };
    case "takeBackBySig":
      return {
        patient: two as Address,
        grantee: three as Address,
        numbers: four as readonly number[],
        terms: {},
        stands: false,
        ofPassedOn: true,
      };
    case "renounceBySig":
      return { ...own, patient: two as Address, grantee: one as Address, terms: {}, stands: false };
    default:
      return null;
  }
}

async function isShown(client: Client, left: Left, codes: readonly string[], call: ChainCall): Promise<boolean> {
  const shown = await Promise.all(
    left.numbers.map(async (number, at) => {
      const [block, codeHash] = await Promise.all([
        permission(client, left, number, call),
        categoryCodeHash(client, number, call),
      ]);
      // By its number, which the node told, it could be another category that nothing is granted of.
      const isMeant = codeHash === keccak256(stringToHex(codes[at] ?? ""));
      const isAnothers = left.ofPassedOn === true && !block.passedOn;
      return isMeant && (isAnothers || ((block.rights !== 0) === left.stands && hasTerms(block, left.terms)));
    }),
  );
  return shown.length > 0 && shown.every((one) => one);
}

function hasTerms(block: Terms, wanted: Partial<Terms>): boolean {
  const names = ["rights", "from", "until", "purpose"] as const;
  return names.every((name) => wanted[name] === undefined || block[name] === wanted[name]);
}

async function permission({ trust }: Client, { patient, grantee }: Left, number: number, call: ChainCall) {
  const asked = { abi: consentAbi, functionName: "permission" } as const;
  const data = await call(trust.consent, encodeFunctionData({ ...asked, args: [patient, grantee, number] }));
  return decodeFunctionResult({ ...asked, data });
}

async function categoryCodeHash({ trust }: Client, number: number, call: ChainCall): Promise<string> {
  const asked = { abi: directoryAbi, functionName: "categoryCodeHash" } as const;
  const data = await call(trust.directory, encodeFunctionData({ ...asked, args: [number] }));
  return decodeFunctionResult({ ...asked, data });
}
