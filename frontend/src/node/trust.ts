/**
 * What this browser holds on to about a node: chain and contracts that signatures are made for, and who keeps key shares;
 * mirrors `mendrec.client.trust`.
 *
 * A node that names other contracts could have people sign for a deployment of its own; one that names other custodians
 * could open what is sealed to them. So the first answer is kept, and every later one must agree; custodians may change,
 * but only with an explicit yes.
 */
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils";
import * as z from "zod/mini";
import { MendrecError } from "../core/errors.ts";
import { lyingNode } from "../core/lyingNode.ts";
import type { ContractName, SigningTrust } from "../core/typedData/build.ts";
import type { NodeAnswered } from "../generated/api/types.gen.ts";
import type { VaultTrust } from "../vault/types.ts";
import { type Keeping, keeping } from "./keeping.ts";
import type { Address } from "./types.ts";

const KEY = "mendrec.node";

type Contracts = Readonly<Record<ContractName, Address>>;

/** The custodians that records are sealed to, with their age recipients, and how many of them a reader needs. */
export type Custody = {
  readonly recipients: Readonly<Record<Address, string | null>>;
  readonly threshold: number;
};

/** What is known of a node and what it says now. One for the page's life. */
export type Trust = SigningTrust & {
  /**
   * Looks at a later answer of the node.
   *
   * Throws `verification.node` where it names another chain or other contracts. Other custodians are no error here:
   * whoever reads is not harmed by them.
   */
  requireSame(node: NodeAnswered): void;
  /** What reading needs: the custodians as the node names them now. */
  forReading(): VaultTrust;
  /** What sealing needs. Throws `verification.custodians_changed`, with `details.custody_id`, where they changed. */
  forSealing(): VaultTrust;
  /** Who the custodians were and who they are now, where that differs; null where nothing waits for a yes. */
  changedCustody(): { readonly id: string; readonly known: Custody; readonly told: Custody } | null;
  /** Says yes to exactly this custody. Throws `input.invalid` where the node names another one by now. */
  acceptCustody(id: string): void;
};

const address = z.string().check(z.regex(/^0x[0-9a-fA-F]{40}$/));
const Kept = z.object({
  chain_id: z.int(),
  contracts: z.object({ Consent: address, Directory: address, Records: address }),
  custody: z.object({ custodians: z.record(address, z.nullable(z.string())), threshold: z.int() }),
});

/**
 * Compares what a node says with what is known of it, or gets to know it.
 *
 * Throws `verification.node` where it says something else, `configuration.known_node` where what was kept can't be read.
 */
export function meetNode(node: NodeAnswered, { kept = keeping() }: { kept?: Keeping } = {}): Trust {
  const first = readKept(kept) ?? { ...factsOf(node), custody: custodyOf(node) };
  let known = first.custody;
  let told = node;

  const requireSame = (answered: NodeAnswered): void => {
    const now = factsOf(answered);
    if (now.chainId !== first.chainId || !sameContracts(now.contracts, first.contracts)) {
      throw lyingNode("The node names another chain or other contracts than the ones that are known.");
    }
    told = answered;
  };
  const write = (): void => kept.write(KEY, JSON.stringify({ ...spelled(known), ...spelledFacts(first) }));
  const changedCustody = (): ReturnType<Trust["changedCustody"]> => {
    const now = custodyOf(told);
    const id = custodyId(now);
    return id === custodyId(known) ? null : { id, known, told: now };
  };
  const signing: SigningTrust = {
    chainId: first.chainId,
    records: first.contracts.Records,
    consent: first.contracts.Consent,
    directory: first.contracts.Directory,
  };
  const forVault = (): VaultTrust => ({
    ...signing,
    custodians: told.custodians.flatMap((one) =>
      one.recipient === null ? [] : [{ address: one.address as Address, url: one.url, recipient: one.recipient }],
    ),
    threshold: told.threshold,
  });

  requireSame(node);
  write();
  return {
    ...signing,
    requireSame,
    forReading: forVault,
    forSealing: () => {
      const changed = changedCustody();
      if (changed !== null) {
        throw new MendrecError(
          "verification.custodians_changed",
          "The node names other custodians, other keys of theirs, or another threshold than the ones that are known.",
          {
            remedy: "Ask the institution by another way. If it confirms, say yes to them.",
            details: { custody_id: changed.id },
          },
        );
      }
      return forVault();
    },
    changedCustody,
    acceptCustody: (id) => {
      const changed = changedCustody();
      if (changed?.id !== id) {
        throw new MendrecError("input.invalid", "The node names other custodians by now than those you said yes to.");
      }
      known = changed.told;
      write();
    },
  };
}

/** Forgets the node, to get to know it anew: for whoever is sure of its address. */
export function forgetNode({ kept = keeping() }: { kept?: Keeping } = {}): void {
  kept.remove(KEY);
}

/** Names exactly this custody, 32 hex digits: what a person says yes to. The same as the Python client's. */
export function custodyId(custody: Custody): string {
  const pairs = Object.entries(custody.recipients)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([who, recipient]) => `${JSON.stringify(who)}: ${JSON.stringify(recipient)}`);
  const text = `{"custodians": {${pairs.join(", ")}}, "threshold": ${custody.threshold}}`;
  return bytesToHex(sha256(utf8ToBytes(text))).slice(0, 32);
}

function custodyOf(node: NodeAnswered): Custody {
  const recipients = Object.fromEntries(node.custodians.map((one) => [one.address, one.recipient]));
  return { recipients, threshold: node.threshold };
}

function factsOf(node: NodeAnswered): { chainId: number; contracts: Contracts } {
  const { Consent, Directory, Records } = node.contracts;
  if (Consent === undefined || Directory === undefined || Records === undefined) {
    throw lyingNode("The node does not name all three contracts.");
  }
  return {
    chainId: node.chain_id,
    contracts: { Consent: Consent as Address, Directory: Directory as Address, Records: Records as Address },
  };
}

function sameContracts(one: Contracts, other: Contracts): boolean {
  return one.Consent === other.Consent && one.Directory === other.Directory && one.Records === other.Records;
}

function spelled(custody: Custody) {
  return { custody: { custodians: custody.recipients, threshold: custody.threshold } };
}

function spelledFacts(facts: { chainId: number; contracts: Contracts }) {
  return { chain_id: facts.chainId, contracts: facts.contracts };
}

function readKept(kept: Keeping): { chainId: number; contracts: Contracts; custody: Custody } | null {
  const text = kept.read(KEY);
  if (text === null) {
    return null;
  }
  try {
    const document = z.parse(Kept, JSON.parse(text));
    return {
      chainId: document.chain_id,
      contracts: document.contracts as Contracts,
      custody: {
        recipients: document.custody.custodians as Custody["recipients"],
        threshold: document.custody.threshold,
      },
    };
  } catch (error) {
    throw new MendrecError("configuration.known_node", "What this browser keeps about the node can't be read.", {
      remedy: "Have it forgotten to get to know the node anew, if you are sure of its address.",
      cause: error,
    });
  }
}
