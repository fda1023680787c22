import { isCode } from "../core/errors.ts";
import { keepBackup } from "./backup.ts";
import { listActs } from "./listActs.ts";
import { forgetPrevious, readPrevious } from "./previousBackup.ts";
import { readMe } from "./readMe.ts";
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
const UNDER_WAY = new Set(["queued", "sent"]);

/**
 * Opens the vault: with what this browser kept, else from the backup with one signature of the wallet.
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
  onStep?.("sign");
  const sign = (typedData: Parameters<Client["wallet"]["signTypedData"]>[0]) => client.wallet.signTypedData(typedData);
  try {
    await orCancelled(client.vault.restore(item.sealed, site, client.account, recipient, sign), signal);
    return { state: "open", recipient };
  } catch (error) {
    const previous = isCode(error, "verification") ? readPrevious(client.account) : null;
    if (previous !== null) {
      // A replacement broke off before the new identity was published: the old one still counts.
      onStep?.("sign");
      await orCancelled(client.vault.restore(previous, site, client.account, recipient, sign), signal);
      await keepBackup(client, { slot: "identity", backup: previous, signal });
      forgetPrevious(client.account);
      return { state: "open", recipient };
    }
    // Another backup, or a wallet whose signatures changed: the passphrase may still open the right one.
    if (hasPassphrase && isCode(error, "verification")) {
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
  const onTheWay = (await listActs(client, asked)).find(
    (act) => PUBLISHING.has(act.function) && UNDER_WAY.has(act.state),
  );
  if (onTheWay === undefined) {
    return null;
  }
  await waitForAct(client, { actIdHex: onTheWay.act_id_hex, signal });
  return (await readMe(client, asked)).recipient;
}
