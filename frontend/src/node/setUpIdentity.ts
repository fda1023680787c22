import { MendrecError } from "../core/errors.ts";
import { keepBackup } from "./backup.ts";
import { type ActOptions, doAct } from "./doAct.ts";
import type { ActAsked } from "./prepareAct.ts";
import { readMe } from "./readMe.ts";
import type { Client } from "./types.ts";
import { orCancelled } from "./waiting.ts";

export type SettingUp = ActOptions & {
  /** Seal the backup under this instead of a wallet signature: for wallets whose signatures do not repeat. */
  readonly passphrase?: string;
  readonly site?: string;
  /** How the recipient gets into the directory; a patient's `enrol` where it is left out. */
  readonly publish?: (recipient: string) => ActAsked;
};

/**
 * Makes the identity of somebody who has none: made in the vault, its backup kept in the safe and read back, and only then
 * published. Asks for three signatures: two that are compared, and one to enrol. Returns the recipient.
 *
 * Throws `refused.non_repeating_signature` where the wallet's signatures do not repeat (ask for a passphrase then);
 * `refused.already_enrolled` where there is a published identity: its records would be closed to the new one.
 */
export async function setUpIdentity(client: Client, asked: SettingUp = {}): Promise<string> {
  const { passphrase, site = globalThis.location.origin, publish = enrolAsPatient, ...options } = asked;
  const { signal } = options;
  if ((await readMe(client, signal === undefined ? {} : { signal })).recipient !== null) {
    throw new MendrecError("refused.already_enrolled", "You have a published key already.", {
      remedy: "Open it with your wallet, your passphrase or your backup file.",
    });
  }
  const { vault, account, wallet } = client;
  const made = await orCancelled(
    passphrase === undefined
      ? vault.create(site, account, (typedData) => wallet.signTypedData(typedData))
      : vault.createWithPassphrase(account, passphrase),
    signal,
  );
  const slot = passphrase === undefined ? "identity" : "identity-passphrase";
  await keepBackup(client, { slot, backup: made.backup, signal });
  await doAct(client, { ...publish(made.recipient), ...options });
  return made.recipient;
}

function enrolAsPatient(recipient: string): ActAsked {
  return { kind: "enrol", params: { recipient } };
}
