/**
 * The vault: a worker that holds the person's age identity and does everything with keys and plaintext. The page asks; the
 * identity never comes out of it. Logic lives in `src/core`; the worker only holds and calls.
 */
import type { JsonObject } from "../core/canonical.ts";
import type { Descriptor } from "../core/descriptor.ts";
import type { SelfPlace, SelfSlot } from "../core/sealedToOneself.ts";
import type { ChainCall } from "../core/typedData/contractWallet.ts";
import type { Address, ListedRecord, Progress, Purpose, VerificationStep } from "../node/types.ts";
import type { TypedData } from "../wallet/types.ts";

/** Signs in the page, by the wallet, for the vault. */
export type AskSignature = (typedData: TypedData) => Promise<`0x${string}`>;

/** What the vault has to know of the node: kept from the first answer (see `node/trust.ts`). */
export type VaultTrust = {
  readonly chainId: number;
  readonly records: Address;
  readonly consent: Address;
  readonly directory: Address;
  readonly custodians: readonly { readonly address: Address; readonly url: string; readonly recipient: string }[];
  readonly threshold: number;
};

export type ReadAsked = {
  readonly trust: VaultTrust;
  readonly patient: Address;
  readonly reader: Address;
  readonly purpose: Purpose;
};

export type ListAsked = ReadAsked & {
  /**
   * Codes of the categories that this person may read for the purpose. Entries of others are listed without their titles, and
   * nobody is asked for them: a refusal that is foreseen would only fill the patient's log. All where it is absent.
   */
  readonly titlesOf?: readonly string[] | undefined;
};

/** One thing to seal, already judged by intake. */
export type SealItem = {
  readonly title: string;
  readonly categoryCode: string;
  readonly mediaType: string;
  readonly fhirType: string | null;
  readonly codes: readonly { readonly system: string; readonly code: string; readonly display?: string }[];
  readonly fileName: string | null;
  readonly content: Blob;
};

export type UploadAsked = {
  readonly trust: VaultTrust;
  readonly author: Address;
  readonly patient: Address;
  /** The author's own recipient where the author is the patient: not asked from the node then. */
  readonly ownRecipient: string | null;
  readonly items: readonly SealItem[];
  readonly private: boolean;
  /** Idempotency key; the same key goes on where a reload broke it off. */
  readonly key: string;
  readonly csrfToken: string;
};

export type UploadDone = {
  readonly key: string;
  readonly actIdHex: string;
  readonly records: readonly { readonly sequence: number; readonly leafIndex: number | null }[];
};

/** An upload that a reload broke off: ciphertext is kept in the browser until it is anchored. */
export type UnfinishedUpload = {
  readonly key: string;
  readonly patient: Address;
  readonly titles: readonly string[];
  readonly beganAt: number;
  readonly sealed: number;
  readonly total: number;
};

/** Long calls report through `onProgress` and stop by `cancel(jobId)`; a stopped one throws MendrecError `cancelled`. */
export type Vault = {
  /** The recipient of the identity that is held; null where the vault is locked. */
  recipient(): Promise<string | null>;
  /** Makes a fresh identity, sealed under one wallet signature (signed twice and compared); returns the backup. */
  create(site: string, account: Address, sign: AskSignature): Promise<{ recipient: string; backup: Uint8Array }>;
  /** The same under a passphrase (age scrypt), for wallets whose signatures do not repeat. */
  createWithPassphrase(account: Address, passphrase: string): Promise<{ recipient: string; backup: Uint8Array }>;
  /** Opens a backup with the wallet; throws where the restored recipient is not `publishedRecipient`. */
  restore(
    backup: Uint8Array,
    site: string,
    account: Address,
    publishedRecipient: string,
    sign: AskSignature,
  ): Promise<void>;
  restoreWithPassphrase(
    backup: Uint8Array,
    passphrase: string,
    account: Address,
    publishedRecipient: string,
  ): Promise<void>;
  /**
   * Takes up an identity that was replaced beside the one that is held, from its backup: what was sealed for it opens then.
   * Returns its recipient. Throws `refused.vault_locked`, `verification.cannot_open`.
   */
  restoreOlder(backup: Uint8Array, site: string, account: Address, sign: AskSignature): Promise<string>;
  /** The same from a backup under a passphrase. Throws `input.wrong_passphrase` too. */
  restoreOlderWithPassphrase(backup: Uint8Array, passphrase: string, account: Address): Promise<string>;
  /** A second backup, under a passphrase, of the identity that is held: a file to keep. */
  backupWithPassphrase(passphrase: string): Promise<Uint8Array>;
  /** Takes up the identity that this browser kept (non-extractable) for the account; false where there is none. */
  resume(account: Address, publishedRecipient: string): Promise<boolean>;
  /** Forgets the identity, here and in the browser's storage. */
  lock(): Promise<void>;
  /** Forgets the identity in this tab only: another tab has locked, or signed in as somebody else. */
  forget(): Promise<void>;
  /** Seals a small JSON object to oneself, for one place of one's safe, so that nobody else could have: the address book. */
  sealToSelf(place: SelfPlace, content: JsonObject): Promise<Uint8Array>;
  /**
   * Opens it, and notes its version as seen. Throws `verification.sealed_to_oneself_mismatch` where somebody else sealed it,
   * or for another place; `verification.sealed_to_oneself_older` where another one of this version was seen here. An older
   * version than was seen opens: compare it with `newestOfSelf`.
   */
  openFromSelf(slot: SelfSlot, sealed: Uint8Array): Promise<{ version: number; content: JsonObject }>;
  /** The newest version that this browser has seen in a slot; 0 where it has seen none. Ask before the safe is read. */
  newestOfSelf(account: Address, slot: string): Promise<number>;

  list(jobId: string, asked: ListAsked, sign: AskSignature, onProgress: (p: Progress) => void): Promise<ListedRecord[]>;
  /** The plaintext, verified whole before it is returned. Several records cost one signature. */
  open(
    jobId: string,
    asked: ReadAsked,
    records: readonly ListedRecord[],
    sign: AskSignature,
    onProgress: (p: Progress) => void,
  ): Promise<{ record: ListedRecord; descriptor: Descriptor; blob: Blob }[]>;
  /** Checks one entry here against what the chain says (`call` goes through the wallet), step by step. */
  verify(
    jobId: string,
    asked: ReadAsked,
    record: ListedRecord,
    call: ChainCall,
    onStep: (step: VerificationStep) => void,
  ): Promise<void>;
  /** Done once the chain says so through `call`; what was sealed is kept until then. */
  upload(
    jobId: string,
    asked: UploadAsked,
    sign: AskSignature,
    call: ChainCall,
    onProgress: (p: Progress) => void,
  ): Promise<UploadDone>;
  unfinishedUploads(author: Address): Promise<UnfinishedUpload[]>;
  /** Goes on with an upload of which the ciphertext is all here; `not_found.upload` where the author began no such one. */
  resumeUpload(
    jobId: string,
    key: string,
    author: Address,
    csrfToken: string,
    sign: AskSignature,
    call: ChainCall,
    onProgress: (p: Progress) => void,
  ): Promise<UploadDone>;
  discardUpload(key: string): Promise<void>;
  cancel(jobId: string): Promise<void>;
};
