/**
 * Opening a sealed record: the reader's checks, rows 8 to 12 of docs/format.md, "Opening". Rows 1 to 5, that manifest and
 * envelopes are the anchored ones, are `verifying.ts`'s and come before.
 */
import { cannotOpen, type Identity, openWith, recipientOf } from "./age.ts";
import { identityFromBytes } from "./ageRecipient.ts";
import { type Descriptor, parseDescriptor } from "./descriptor.ts";
import type { Envelopes, KeyName } from "./envelopes.ts";
import { isCode, MendrecError } from "./errors.ts";
import type { Manifest } from "./manifest.ts";
import { openPayload, type PayloadOptions, type PayloadSink, type PayloadSource } from "./payloadStream.ts";
import { combinedKey } from "./recordKeys.ts";
import { combine } from "./shamir.ts";
import { parseShare, type RecordBinding, requireShare, type Share } from "./share.ts";

/**
 * The share that a custodian sealed to the reader, unchecked: {@link combineShares} checks it. Throws
 * `verification.cannot_open`: not sealed to this identity, altered, or not a share.
 */
export async function openResealed(identity: Identity, sealed: Uint8Array): Promise<Share> {
  const plaintext = await openWith(identity, sealed);
  return asOpened(() => parseShare(plaintext), "What was sealed here is not a share.");
}

/**
 * Puts shares together to the key, `AGE-SECRET-KEY-1…`, and proves that it is the record's.
 *
 * 1. Each share is from a custodian these envelopes name, speaks of this record, and is the one committed to: else the
 *    custodian is named (`not_found.custodian`, `verification.share_binding`, `verification.wrong_share`).
 * 2. There are enough of them, from different custodians (`verification.cannot_combine`).
 * 3. The combined key's public half is the one in the manifest (`verification.combined_key`): no custodian is to blame, the
 *    author made it so.
 */
export async function combineShares(
  shares: Iterable<Share>,
  envelopes: Envelopes,
  key: KeyName,
  binding: RecordBinding,
): Promise<string> {
  const byCustodian = new Map<string, Uint8Array>();
  for (const share of shares) {
    requireShare(share, envelopes, key, binding);
    byCustodian.set(share.custodian, share.shareBytes);
  }
  const secret = await combine([...byCustodian.values()], { threshold: envelopes.threshold });
  const identity = secret.length === 32 ? identityFromBytes(secret) : null;
  secret.fill(0);
  if (identity === null || (await recipientOf(identity)) !== binding.recipients[key]) {
    throw combinedKey(`The combined ${key} key is not the one in the manifest.`);
  }
  return identity;
}

/**
 * The descriptor of a verified manifest. Throws `refused.wrong_key`; `verification.cannot_open`: the author sealed
 * something that is no descriptor, or to another key.
 */
export async function openDescriptor(manifest: Manifest, key: Identity): Promise<Descriptor> {
  await requireKey(key, manifest, "descriptor");
  const plaintext = await openWith(key, manifest.sealedDescriptor);
  return asOpened(() => parseDescriptor(plaintext), "What the author sealed as descriptor is none.");
}

/**
 * Decrypts the payload of a verified manifest into `sink`, in bounded memory. Nothing in the sink counts before this
 * returns: discard it when this throws.
 *
 * Throws `refused.wrong_key`, and what {@link openPayload} throws.
 */
export async function openRecordPayload(
  manifest: Manifest,
  key: Identity,
  source: PayloadSource,
  sink: PayloadSink,
  options: PayloadOptions = {},
): Promise<void> {
  await requireKey(key, manifest, "payload");
  await openPayload(key, source, manifest.payload, sink, options);
}

async function requireKey(key: Identity, manifest: Manifest, name: KeyName): Promise<void> {
  if ((await recipientOf(key)) !== manifest.recipients[name]) {
    throw new MendrecError("refused.wrong_key", `This is not the record's ${name} key.`, {
      remedy: "Use the key of this record: LIST gives the descriptor's, OPEN gives both.",
    });
  }
}

/** What is malformed inside an encryption was sealed wrongly: it does not open. */
function asOpened<T>(parse: () => T, message: string): T {
  try {
    return parse();
  } catch (error) {
    throw isCode(error, "input") ? cannotOpen(message, error) : error;
  }
}
