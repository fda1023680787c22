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

/** Who reads: the patient by their own identities, the newest first; another by theirs and by what custodians answered. */
export type With = { readonly own: readonly Identity[] } | { readonly identity: Identity; readonly answers: Answers };

/**
 * One key of a record, proven to be the one that the verified manifest names.
 *
 * Throws `refused.private`, a custodian's refusal in its own words, `verification.*` naming who is to blame.
 */
export async function keyOf(
  name: KeyName,
  record: LocatedRecord,
  { manifest, envelopes }: RecordObjects,
  by: With,
): Promise<string> {
  if ("own" in by) {
    return (await openOwnEnvelope(by.own, envelopes))[name];
  }
  const { identity, answers } = by;
  const binding = bindingOf(manifest);
  const openShare = (sealed: Uint8Array) => openResealed(identity, sealed);
  const shares = await goodShares({ key: name, record: record.ref, binding, envelopes, answers, openShare });
  return combineShares(shares, envelopes, name, binding);
}

/** What a record is about. Throws as {@link keyOf}. */
export async function descriptorOf(record: LocatedRecord, objects: RecordObjects, by: With): Promise<Descriptor> {
  return openDescriptor(objects.manifest, await keyOf("descriptor", record, objects, by));
}
