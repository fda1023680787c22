import { isCode } from "../core/errors.ts";
import { readPrevious } from "./previousBackup.ts";
import { readMe } from "./readMe.ts";
import { publishingUnderWay, putBackIfFailed, waitForReplacement } from "./replacement.ts";
import { readSafe } from "./safe.ts";
import type { Client } from "./types.ts";
import { waitForAct } from "./waitForAct.ts";
import { orCancelled } from "./waiting.ts";

/**
 * How far one's identity is.
 *
 * - `open`: the vault holds it.
 * - `absent`: none was ever published: `setUpIdentity`.
 * - `passphrase`: the backup here is under a passphrase: `unlockWithPassphrase`.
 * - `lost`: one is published, and no backup of it is here: `unlockWithFile`, or `replaceIdentity`.
 */
export type Unlocked = {
  readonly state: "open" | "absent" | "passphrase" | "lost";
  /** The published recipient. */
  readonly recipient: string | null;
};

export type Unlocking = {
  /** Told before the wallet is asked for a signature, so that the page can explain it. */
  readonly onStep?: (step: "resume" | "sign") => void;
  readonly signal?: AbortSignal;
  /** As it stands in the backup's typed data; the page's origin. */
  readonly site?: string;
};

const PUBLISHING = new Set(["enrolBySig", "enrolClinicianBySig", "publishRecipientBySig"]);

/**
 * Opens the vault: with what this browser kept, else from the backup with one signature of the wallet. Where the backup is of
 * another identity, because one is about to replace the other, that is waited for, and asked for once more.
 *
 * Throws `verification.identity_backup` where the backup is not the published identity's; what opening throws; `wallet.*`.
 */
export async function unlock(
  client: Client,
  { onStep, signal, site = globalThis.location.origin }: Unlocking = {},
): Promise<Unlocked> {
  onStep?.("resume");
  const recipient = await publishedRecipient(client, signal);
  if (recipient === null) {
    return { state: "absent", recipient };
  }
  if (await client.vault.resume(client.account, recipient)) {
    return { state: "open", recipient };
  }
  const item = await readSafe(client, { slot: "identity", signal });
  const hasPassphrase = (await readSafe(client, { slot: "identity-passphrase", signal })) !== null;
  if (item === null) {
    return { state: hasPassphrase ? "passphrase" : "lost", recipient };
  }
  const restore = async (backup: Uint8Array, published: string): Promise<Unlocked> => {
    onStep?.("sign");
    const sign = (typedData: Parameters<Client["wallet"]["signTypedData"]>[0]) =>
      client.wallet.signTypedData(typedData);
    await orCancelled(client.vault.restore(backup, site, client.account, published, sign), signal);
    return { state: "open", recipient: published };
  };
  try {
    return await restore(item.sealed, recipient);
  } catch (error) {
    if (!isCode(error, "verification")) {
      throw error;
    }
    await waitForReplacement(client, { signal });
    const published = (await readMe(client, signal === undefined ? {} : { signal })).recipient ?? recipient;
    if (published !== recipient) {
      return await restore(item.sealed, published);
    }
    const previous = readPrevious(client.account).find((one) => one.recipient === recipient && one.slot === "identity");
    if (previous !== undefined) {
      const opened = await restore(previous.backup, recipient);
      // What fails here is tried again: the key is open.
      await putBackIfFailed(client, previous, { signal }).catch(() => undefined);
      return opened;
    }
    // Another backup, or a wallet whose signatures changed: the passphrase may still open the right one.
    if (hasPassphrase) {
      return { state: "passphrase", recipient };
    }
    throw error;
  }
}

/** The recipient that the directory has, once whatever is on its way there has arrived: a reload must not set up anew. */
async function publishedRecipient(client: Client, signal: AbortSignal | undefined): Promise<string | null> {
  const asked = signal === undefined ? {} : { signal };
  const { recipient } = await readMe(client, asked);
  if (recipient !== null) {
    return recipient;
  }
  const onTheWay = await publishingUnderWay(client, PUBLISHING, asked);
  if (onTheWay === null) {
    return null;
  }
  await waitForAct(client, { actIdHex: onTheWay.act_id_hex, signal });
  return (await readMe(client, asked)).recipient;
}
