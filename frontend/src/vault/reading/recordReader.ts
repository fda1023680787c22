/** The keys of one record, for the patient or for a reader; and its descriptor. */
import type { Identity } from "../../core/age.ts";
import type { Descriptor } from "../../core/descriptor.ts";
import type { KeyName } from "../../core/envelopes.ts";
import { combineShares, openDescriptor, openResealed } from "../../core/opening.ts";
import { goodShares } from "../../core/release.ts";
import { bindingOf } from "../../core/share.ts";
import type { Answers } from "./custodians.ts";
import type { LocatedRecord } from "./located.ts";
import type { RecordObjects } from "./objects.ts";
import { openOwnEnvelope } from "./ownEnvelope.ts";

/** Who reads: the identity, and what custodians answered; null for the patient, who asks nobody. */
export type With = { readonly identity: Identity; readonly answers: Answers | null };

/**
 * One key of a record, proven to be the one that the verified manifest names.
 *
 * Throws `refused.private`, a custodian's refusal in its own words, `verification.*` naming who is to blame.
 */
export async function keyOf(
  name: KeyName,
  record: LocatedRecord,
  { manifest, envelopes }: RecordObjects,
  { identity, answers }: With,
): Promise<string> {
  if (answers === null) {
    return (await openOwnEnvelope(identity, envelopes))[name];
  }
  const binding = bindingOf(manifest);
  const openShare = (sealed: Uint8Array) => openResealed(identity, sealed);
  const shares = await goodShares({ key: name, record: record.ref, binding, envelopes, answers, openShare });
  return combineShares(shares, envelopes, name, binding);
}

/** What a record is about. Throws as {@link keyOf}. */
export async function descriptorOf(record: LocatedRecord, objects: RecordObjects, by: With): Promise<Descriptor> {
  return openDescriptor(objects.manifest, await keyOf("descriptor", record, objects, by));
}
