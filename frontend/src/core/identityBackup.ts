/**
 * A person's age identity, and its backup (`crypto/identity.py`).
 *
 * The identity is random. Its backup is kept by the node as ciphertext, sealed either under a key derived from one wallet
 * signature over typed data that names the site, or under a passphrase, where signatures do not repeat:
 *
 *     key = HKDF-SHA256(ikm = r ‖ s, salt = none, info = "mendrec/identity-backup-key/v1")
 *
 * v is left out: wallets write it as 0/1 or as 27/28, and r and s alone are fixed.
 */
import { hkdf } from "@noble/hashes/hkdf";
import { sha256 } from "@noble/hashes/sha2";
import { cannotOpen, openWith, openWithPassphrase, recipientOf, sealTo, sealWithPassphrase } from "./age.ts";
import { identityFromBytes, identityToBytes } from "./ageRecipient.ts";
import { type Bytes, fromHex, toUtf8 } from "./bytes.ts";
import { canonicalBytes, parseCanonical } from "./canonical.ts";
import { isCode, MendrecError } from "./errors.ts";
import type { Address } from "./ids.ts";
import { Fields, FORMAT } from "./jsonFields.ts";
import { IDENTITY_BACKUP_KEY } from "./tags.ts";
import type { TypedData } from "./typedData/build.ts";
import { identityBackupTypedData } from "./typedData/record.ts";
import { invalidSignature } from "./typedData/signature.ts";

const KIND = "identity-backup";
const UNDER_PASSPHRASE = "age-encryption.org/v1\n-> scrypt ";
const BACKUP_MAX_BYTES = 4096;
const RECIPIENT_MAX_CHARS = 128;
const RS_HEX_CHARS = 128;
const KEY_BYTES = 32;

/** Who signs, and for which site: the origin that the person sees, for example `https://records.example`. */
export type BackupSigner = {
  readonly account: Address;
  readonly site: string;
  readonly sign: (typedData: TypedData) => Promise<`0x${string}`>;
};

/**
 * The backup of an identity, sealed under a key derived from the wallet's signature. The wallet is asked twice.
 *
 * @throws MendrecError `refused.non_repeating_signature`: the two signatures differ; make one with a passphrase instead.
 */
export async function backupWithWallet(identity: string, signer: BackupSigner): Promise<Bytes> {
  const key = await backupKey(signer);
  if (key !== (await backupKey(signer))) {
    throw new MendrecError("refused.non_repeating_signature", "This wallet's signatures do not repeat.", {
      remedy: "Make a backup with a passphrase instead.",
    });
  }
  return sealTo(await recipientOf(key), await plaintextOf(identity));
}

/**
 * The identity in a backup made by {@link backupWithWallet} for the same wallet and site.
 *
 * @param backup as the node returned it, untrusted.
 * @param expectedRecipient what the directory publishes for this person; null only where it is not known: else a node could
 * return an older backup.
 * @throws MendrecError `verification.cannot_open`: another wallet or site, or an altered backup;
 * `verification.identity_backup`: the identity is not the published one.
 */
export async function restoreWithWallet(
  backup: Uint8Array,
  signer: BackupSigner,
  expectedRecipient: string | null,
): Promise<string> {
  return parseIdentityBackup(await openWith(await backupKey(signer), backup), expectedRecipient);
}

/** The backup of an identity, sealed under a passphrase. Throws `input.invalid` for an empty one. */
export async function backupWithPassphrase(identity: string, passphrase: string): Promise<Bytes> {
  if (passphrase === "") {
    throw new MendrecError("input.invalid", "A backup needs a passphrase.");
  }
  return sealWithPassphrase(await plaintextOf(identity), passphrase);
}

/** Whether a backup is under a passphrase; else it is a wallet's. Looks at its header alone (age, "scrypt recipient stanza"). */
export function isUnderPassphrase(backup: Uint8Array): boolean {
  return new TextDecoder().decode(backup.subarray(0, UNDER_PASSPHRASE.length)) === UNDER_PASSPHRASE;
}

/**
 * The identity in a backup made by {@link backupWithPassphrase}.
 *
 * @throws MendrecError `input.wrong_passphrase`: it does not open it, or the backup was altered;
 * `verification.identity_backup`: the identity is not the published one.
 */
export async function restoreWithPassphrase(
  backup: Uint8Array,
  passphrase: string,
  expectedRecipient: string | null,
): Promise<string> {
  return parseIdentityBackup(await openWithPassphrase(backup, passphrase), expectedRecipient);
}

/**
 * The identity that an opened backup holds, `AGE-SECRET-KEY-1…`.
 *
 * @throws MendrecError `verification.cannot_open`, `verification.identity_backup`.
 */
export async function parseIdentityBackup(plaintext: Uint8Array, expectedRecipient: string | null): Promise<string> {
  let stated: string;
  let identity: string;
  try {
    const fields = new Fields(parseCanonical(plaintext, { maxBytes: BACKUP_MAX_BYTES, what: KIND }), KIND, {
      required: ["format", "kind", "recipient", "identity"],
    });
    fields.requireKind(KIND);
    stated = fields.text("recipient", { maxChars: RECIPIENT_MAX_CHARS });
    identity = fields.parsed("identity", (text) => identityFromBytes(identityToBytes(text)));
  } catch (error) {
    if (isCode(error, "input")) {
      throw cannotOpen("What was sealed here is not an identity's backup.");
    }
    throw error;
  }
  if ((await recipientOf(identity)) !== stated || (expectedRecipient !== null && expectedRecipient !== stated)) {
    throw new MendrecError(
      "verification.identity_backup",
      "The backup holds another identity than the published one.",
      { remedy: "Ask the node for the newest backup; if it stays so, tell the node's operator." },
    );
  }
  return identity;
}

/** The identity that a backup is sealed to: from r ‖ s of a 65-byte signature. Throws `verification.signature`. */
export function backupKeyOfSignature(signature: `0x${string}`): string {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) {
    throw invalidSignature("A backup key needs an ordinary wallet's 65-byte signature.");
  }
  const rs = fromHex(signature.slice(2, 2 + RS_HEX_CHARS).toLowerCase());
  return identityFromBytes(hkdf(sha256, rs, undefined, toUtf8(IDENTITY_BACKUP_KEY), KEY_BYTES));
}

async function backupKey({ account, site, sign }: BackupSigner): Promise<string> {
  return backupKeyOfSignature(await sign(identityBackupTypedData(account, site)));
}

async function plaintextOf(identity: string): Promise<Bytes> {
  return canonicalBytes({ format: FORMAT, kind: KIND, recipient: await recipientOf(identity), identity });
}
