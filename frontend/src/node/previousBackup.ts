/**
 * Sealed backups of identities that were replaced, or were to replace one, kept in this browser. They are ciphertext, as in the
 * safe, which has room for one only.
 *
 * While nobody knows which of two identities will be the published one, the safe keeps the new one's backup and this browser the
 * old one's: whatever comes of the act, the key that counts can be opened.
 */
import * as z from "zod/mini";
import { equalBytes, fromBase64, toBase64 } from "../core/bytes.ts";
import { MendrecError } from "../core/errors.ts";
import type { BackupSlot } from "./backup.ts";
import { type Keeping, keeping } from "./keeping.ts";
import type { Address } from "./types.ts";

export type PreviousBackup = {
  /** Of the identity in it. */
  readonly recipient: string;
  readonly slot: BackupSlot;
  readonly backup: Uint8Array;
  /** Unix seconds. */
  readonly keptAt: number;
  /** False for an identity that was to replace another one, and was not published. */
  readonly wasPublished: boolean;
  /** The act by which one was to replace the other; `recipient` is the other one's, of which the safe has the backup. */
  readonly replacing: {
    readonly actIdHex: string;
    /** Unix seconds. */
    readonly deadlineAt: number;
    readonly recipient: string;
    readonly hasFailed: boolean;
  };
};

const Kept = z.array(
  z.object({
    recipient: z.string(),
    slot: z.union([z.literal("identity"), z.literal("identity-passphrase")]),
    backup: z.string(),
    keptAt: z.number(),
    wasPublished: z.boolean(),
    replacing: z.object({
      actIdHex: z.string(),
      deadlineAt: z.number(),
      recipient: z.string(),
      hasFailed: z.boolean(),
    }),
  }),
);

const key = (account: Address): string => `mendrec.previous-backups.${account}`;

/**
 * Keeps one beside the others; an earlier one of the same identity in the same slot gives way.
 *
 * Throws `refused.keeps_nothing` where this browser did not keep it: nothing may rely on it then.
 */
export function keepPrevious(account: Address, one: PreviousBackup): void {
  const others = readPrevious(account).filter((other) => !isSame(one, other));
  write(account, [...others, one], keeping());
  if (!readPrevious(account).some((other) => isSame(one, other) && equalBytes(one.backup, other.backup))) {
    throw new MendrecError("refused.keeps_nothing", "This browser keeps nothing for this site.", {
      remedy: "Allow this site to keep data, or use another browser.",
    });
  }
}

/** Oldest first. */
export function readPrevious(account: Address, kept: Keeping = keeping()): readonly PreviousBackup[] {
  try {
    return z
      .parse(Kept, JSON.parse(kept.read(key(account)) ?? "[]"))
      .map((one) => ({ ...one, backup: fromBase64(one.backup) }));
  } catch {
    return []; // by another version of the page, or by hand
  }
}

export function forgetPrevious(
  account: Address,
  one: Pick<PreviousBackup, "recipient" | "slot">,
  kept: Keeping = keeping(),
): void {
  write(
    account,
    readPrevious(account, kept).filter((other) => !isSame(one, other)),
    kept,
  );
}

function write(account: Address, all: readonly PreviousBackup[], kept: Keeping): void {
  if (all.length === 0) {
    kept.remove(key(account));
  } else {
    kept.write(key(account), JSON.stringify(all.map((one) => ({ ...one, backup: toBase64(one.backup) }))));
  }
}

function isSame(one: Pick<PreviousBackup, "recipient" | "slot">, other: PreviousBackup): boolean {
  return one.recipient === other.recipient && one.slot === other.slot;
}
